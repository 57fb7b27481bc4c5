/** Answers to suggestions: an element is accepted, discarded, or not answered; the last answer holds. */

/** What was answered. */
export interface Answered {
  readonly accepted: readonly string[];
  readonly discarded: readonly string[];
}

/** New answers. */
export interface Answers {
  readonly accept?: readonly string[];
  readonly discard?: readonly string[];
  /** Forget the answers about these. */
  readonly take_back?: readonly string[];
}

/** An answer about one element. */
export type Answer = "accepted" | "discarded";

/** What holds after new answers. */
export function answered<Before extends Answered>(
  before: Before,
  change: Answers,
): Before & { accepted: string[]; discarded: string[] } {
  const accept = change.accept ?? [];
  const discard = change.discard ?? [];
  const gone = new Set([...accept, ...discard, ...(change.take_back ?? [])]);
  const others = (ids: readonly string[]) => ids.filter((id) => !gone.has(id));
  return {
    ...before,
    accepted: [...others(before.accepted), ...accept],
    discarded: [...others(before.discarded), ...discard],
  };
}

/** The change that gives an element this answer, or takes it back when it has it already. */
export function turned(id: string, now: Answer | undefined, answer: Answer): Answers {
  if (now === answer) return { take_back: [id] };
  return answer === "accepted" ? { accept: [id] } : { discard: [id] };
}

/** The first element after one that has no answer, else the first of all; `null` when all have. */
export function nextOpen(
  ids: readonly string[],
  from: string,
  isAnswered: (id: string) => boolean,
): string | null {
  const at = ids.indexOf(from);
  const order = [...ids.slice(at + 1), ...ids.slice(0, Math.max(0, at))];
  return order.find((id) => !isAnswered(id)) ?? null;
}
