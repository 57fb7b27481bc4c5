/** What the dialog of Add to Segment says, and the requests it comes to; no React. */

import type { SegmentBody, SegmentCreate, TargetBody } from "@/api/types";
import { type SegmentType, segmentType } from "@/core/segments";
import type { ElementKind, Where } from "@/core/selection";
import type { Metric } from "@/core/url";

/** What is done with the selection. */
export type Mode = "new" | "existing" | "per-value";

/** The scores a target can be set on. */
export const TARGET_METRICS: readonly { readonly metric: Metric; readonly name: string }[] = [
  { metric: "precision", name: "Precision" },
  { metric: "recall", name: "Recall" },
  { metric: "f1", name: "F1" },
];

/** The fields of the dialog. */
export interface Draft {
  readonly mode: Mode;
  /** What the segment is to hold; another kind than the selection takes what belongs to it. */
  readonly elements: ElementKind;
  readonly type: SegmentType;
  readonly name: string;
  readonly description: string;
  readonly owner: string;
  readonly targets: Readonly<Partial<Record<Metric, number>>>;
  readonly keepsQuery: boolean;
  /** The segment that gets the elements. */
  readonly existing: string | null;
  readonly note: string;
  readonly field: string | null;
  readonly prefix: string;
}

/** What was selected. */
export interface Selected {
  readonly where: Where;
  readonly elements: ElementKind;
  readonly inferenceSet?: string | undefined;
}

/** The dialog as it opens. */
export function firstDraft(selected: Selected, suggestedName = "", suggestedType?: SegmentType): Draft {
  return {
    mode: "new",
    elements: selected.elements,
    type: selected.elements === "frames" ? (suggestedType ?? "split") : "bucket",
    name: suggestedName,
    description: "",
    owner: "",
    targets: {},
    keepsQuery: true,
    existing: null,
    note: "",
    field: null,
    prefix: "",
  };
}

/** The draft with other elements; a type that cannot hold them gives way. */
export function withElements(draft: Draft, elements: ElementKind): Draft {
  const isFit = elements === "frames" || !segmentType(draft.type).isModelPerformance;
  return { ...draft, elements, type: isFit ? draft.type : "bucket", existing: null };
}

/** The selection as the segment holds it. */
export function wantedWhere(selected: Selected, elements: ElementKind): Where {
  if (elements === selected.elements) return selected.where;
  const { where, inferenceSet } = selected;
  return { of: { selection: where, elements: selected.elements, inference_set: inferenceSet ?? null } };
}

/** The selected frames for a report on another set: what names no set means the set it was selected with. */
export function reportWhere(selected: Selected, elements: ElementKind): Where {
  const where = wantedWhere(selected, elements);
  if (where.of || selected.inferenceSet === undefined) return where;
  return { of: { selection: where, elements, inference_set: selected.inferenceSet } };
}

/** The query a segment could keep as its rule; none where the selection is no single query. */
export function ruleOf(selected: Selected, elements: ElementKind): string | null {
  const query = wantedWhere(selected, elements).query;
  return query?.trim() ? query : null;
}

/** The query whose values can be made segments: the whole dataset for none; `null` for hand-picked frames. */
export function queryOfAll(selected: Selected): string | null {
  return selected.elements === "frames" && typeof selected.where.query === "string"
    ? selected.where.query
    : null;
}

/** What keeps the dialog from being saved, in words; `null` when nothing does. */
export function obstacle(draft: Draft): string | null {
  if (draft.mode === "existing") return draft.existing === null ? "Choose a segment." : null;
  if (draft.mode === "per-value") return draft.field === null ? "Choose a field." : null;
  return draft.name.trim() ? null : "Give it a name.";
}

/** The request for a new segment. */
export function createBody(draft: Draft, selected: Selected): SegmentCreate {
  return {
    name: draft.name.trim(),
    type: draft.type,
    selection: wantedWhere(selected, draft.elements),
    elements: draft.elements,
    inference_set: selected.inferenceSet ?? null,
    keep_query: draft.keepsQuery,
    description: draft.description.trim(),
    owner: draft.owner.trim(),
    ...(segmentType(draft.type).isModelPerformance ? { targets: targetsOf(draft) } : {}),
  };
}

/** Targets that are set. */
export function targetsOf(draft: Draft): TargetBody[] {
  return TARGET_METRICS.flatMap(({ metric }) => {
    const minimum = draft.targets[metric];
    return minimum === undefined ? [] : [{ metric, minimum, average: "weighted" as const }];
  });
}

/** The segments that can take these elements. */
export function fitting(
  segments: readonly SegmentBody[],
  elements: ElementKind,
  inferenceSet: string | undefined,
): readonly SegmentBody[] {
  return segments.filter(
    (segment) =>
      segment.elements === elements && (elements !== "inferences" || segment.inference_set === inferenceSet),
  );
}

/** A share rounded down, so that a target set to the baseline is one the baseline meets. */
export function roundedDown(value: number): number {
  return Math.floor(value * 1000 + 1e-9) / 1000;
}
