/** What a clicked number opens: the outcomes behind it, as a part of the address and as a query. */

import { BACKGROUND } from "@/core/colours";

/** The outcomes behind a number. */
export interface Drill {
  readonly set: string;
  readonly segment?: string | undefined;
  readonly truth?: string | undefined;
  readonly predicted?: string | undefined;
  readonly kind?: string | undefined;
}

const FIELDS = ["set", "segment", "truth", "predicted", "kind"] as const;

/** As one text for the address. */
export function writeDrill(drill: Drill): string {
  const params = new URLSearchParams();
  for (const field of FIELDS) {
    const value = drill[field];
    if (value) params.set(field, value);
  }
  return params.toString();
}

/** Read it back; `undefined` without an inference set. */
export function readDrill(text: string | undefined): Drill | undefined {
  if (!text) return undefined;
  const params = new URLSearchParams(text);
  const set = params.get("set");
  if (!set) return undefined;
  const named = (field: string) => params.get(field) || undefined;
  return {
    set,
    segment: named("segment"),
    truth: named("truth"),
    predicted: named("predicted"),
    kind: named("kind"),
  };
}

/** A text between double quotes, as the query language reads it. */
export function quoted(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}

/** Plain where one word would do, between quotes otherwise. */
export function quotedIfNeeded(text: string): string {
  const isKeyword = /^(and|or|not)$/i.test(text);
  return /^[A-Za-z_][A-Za-z0-9_-]*$/.test(text) && !isKeyword ? text : quoted(text);
}

/** The query that selects the frames of a drill: `segment:"Night" outcome@v2(truth:car predicted:truck)`. */
export function drillQuery(drill: Drill): string {
  const inside = [
    drill.kind && `kind:${drill.kind}`,
    drill.truth && `truth:${quotedIfNeeded(drill.truth)}`,
    drill.predicted && `predicted:${quotedIfNeeded(drill.predicted)}`,
  ].filter(Boolean);
  const outcome = inside.length ? `outcome@${quotedIfNeeded(drill.set)}(${inside.join(" ")})` : "";
  return [segmentQuery(drill.segment), outcome].filter(Boolean).join(" ");
}

/** The query that selects a segment's frames; empty for All Frames. */
export function segmentQuery(segment: string | undefined): string {
  return segment ? `segment:${quoted(segment)}` : "";
}

/** The query of flips within a segment. */
export function flipsQuery(right: string, wrong: string, segment?: string): string {
  const flipped = `flipped(${quotedIfNeeded(right)}, ${quotedIfNeeded(wrong)})`;
  return [segmentQuery(segment), flipped].filter(Boolean).join(" ");
}

const KINDS: Readonly<Record<string, string>> = {
  true_positive: "found",
  confusion: "taken for another class",
  false_positive: "false alarms",
  false_negative: "missed",
};

/** A drill in words: `car taken for truck`, `car missed`, `false alarms`. */
export function drillTitle({ truth, predicted, kind }: Drill): string {
  if (truth && predicted) {
    if (truth === predicted) return `${truth} found`;
    if (truth === BACKGROUND) return `False alarms: ${predicted}`;
    return predicted === BACKGROUND ? `${truth} missed` : `${truth} taken for ${predicted}`;
  }
  if (kind === "false_positive" && predicted) return `False alarms: ${predicted}`;
  if (kind === "confusion" && predicted) return `Other classes taken for ${predicted}`;
  if (truth) return kind ? `${truth} ${KINDS[kind] ?? kind}` : `All of true class ${truth}`;
  if (predicted) return kind ? `${predicted}: ${KINDS[kind] ?? kind}` : `All predicted as ${predicted}`;
  const word = KINDS[kind ?? ""];
  return word ? word.charAt(0).toUpperCase() + word.slice(1) : "All outcomes";
}
