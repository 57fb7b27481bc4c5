/** How a version of a segment came about, in a sentence. */

type Origin = Readonly<Record<string, unknown>>;

/** One part of the story of a version; queries are shown as code. */
export interface OriginPart {
  readonly text: string;
  readonly query?: string;
}

/** Say where the elements of a version came from. */
export function originParts(origin: Origin): readonly OriginPart[] {
  const parts: OriginPart[] = [];
  if (origin.kind === "edit") {
    if (isOrigin(origin.add)) parts.push(partOf("added", origin.add));
    if (isOrigin(origin.remove)) parts.push(partOf("removed", origin.remove));
  } else parts.push(partOf("", origin));
  const chosenBy = Array.isArray(origin.selected_on) ? origin.selected_on.map(String) : [];
  if (chosenBy.length) parts.push({ text: `chosen by the errors of ${chosenBy.join(", ")}` });
  return parts;
}

function partOf(verb: string, origin: Origin): OriginPart {
  const say = (text: string) => (verb ? `${verb} ${text}` : text);
  if (origin.kind === "query") return { text: say("what matches"), query: String(origin.query ?? "") };
  if (origin.kind === "similarity") return { text: say("accepted in Similarity Search") };
  if (origin.kind === "ids") return { text: say("one by one") };
  if (origin.kind === "segment") return { text: say(`the segment “${String(origin.segment ?? "")}”`) };
  return { text: say("a combined selection") };
}

function isOrigin(value: unknown): value is Origin {
  return typeof value === "object" && value !== null;
}
