/** What a clicked number opens: the outcomes behind it, as a part of the address and as a query. */

import { BACKGROUND } from "@/core/colours";
import { quoted, wordText } from "@/core/queries";
import { SIZES } from "./objects";

/** The outcomes behind a number. */
export interface Drill {
  readonly set: string;
  readonly segment?: string | undefined;
  readonly truth?: string | undefined;
  readonly predicted?: string | undefined;
  readonly kind?: string | undefined;
  /** How large the object is: one of `SIZES`. */
  readonly size?: string | undefined;
  /** What the label is, as the query language says it of a label: `occluded:true`. */
  readonly attribute?: string | undefined;
}

const FIELDS = ["set", "segment", "truth", "predicted", "kind", "size", "attribute"] as const;

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
    size: named("size"),
    attribute: named("attribute"),
  };
}

/** The query that selects the frames of a drill: `segment:"Night" outcome@v2(truth:car predicted:truck)`. */
export function drillQuery(drill: Drill): string {
  const inside = [
    drill.kind && `kind:${drill.kind}`,
    drill.truth && `truth:${wordText(drill.truth)}`,
    drill.predicted && `predicted:${wordText(drill.predicted)}`,
    objectsWhere(drill),
  ].filter(Boolean);
  const outcome = inside.length ? `outcome@${wordText(drill.set)}(${inside.join(" ")})` : "";
  return [segmentQuery(drill.segment), outcome].filter(Boolean).join(" ");
}

/** The condition on the objects of the outcomes; empty without one. */
export function objectsWhere({ size, attribute }: Drill): string {
  const where = [SIZES.find(({ value }) => value === size)?.where, attribute && `label.${attribute}`];
  return where.filter(Boolean).join(" ");
}

/** The query that selects a segment's frames; empty for All Frames. */
export function segmentQuery(segment: string | undefined): string {
  return segment ? `segment:${quoted(segment)}` : "";
}

/** The query of flips within a segment. */
export function flipsQuery(right: string, wrong: string, segment?: string): string {
  const flipped = `flipped(${wordText(right)}, ${wordText(wrong)})`;
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
