/** Outcomes of one frame in the order people look at them, and the objects each is about. */

import type { Outcome } from "@/api/numbers";
import { objectKey } from "@/ui/pictures/drawing";

/** How an outcome is shown: shape, word, tone. */
export interface OutcomeLook {
  readonly shape: string;
  readonly word: string;
  readonly tone: "good" | "bad" | "unsure";
}

const LOOKS: Readonly<Record<string, OutcomeLook>> = {
  false_negative: { shape: "○", word: "missed", tone: "bad" },
  false_positive: { shape: "✗", word: "false alarm", tone: "bad" },
  confusion: { shape: "≠", word: "confused", tone: "unsure" },
  true_positive: { shape: "✓", word: "found", tone: "good" },
};

const ORDER = Object.keys(LOOKS);

/** The look of a kind of outcome. */
export function outcomeLook(kind: string): OutcomeLook {
  return LOOKS[kind] ?? { shape: "·", word: kind, tone: "unsure" };
}

/** Errors first, the surest first among each kind. */
export function inOrder(outcomes: readonly Outcome[]): readonly Outcome[] {
  return [...outcomes].sort(
    (a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind) || (b.confidence ?? 2) - (a.confidence ?? 2),
  );
}

/** How many outcomes are errors. */
export function nErrors(outcomes: readonly Outcome[]): number {
  return outcomes.filter(({ kind }) => kind !== "true_positive").length;
}

/** The keys of the label and the inference of an outcome. */
export function keysOf(outcome: Outcome, layer: number): readonly string[] {
  const keys: string[] = [];
  if (outcome.label_id !== null) keys.push(objectKey(0, outcome.label_id));
  if (outcome.inference_id !== null) keys.push(objectKey(layer, outcome.inference_id));
  return keys;
}

/** What an outcome is about: one class, or one taken for another. */
export function classesOf({ truth, predicted, kind }: Outcome): string {
  if (kind === "confusion") return `${truth} → ${predicted}`;
  return kind === "false_positive" ? predicted : truth;
}
