/** The list of segments: what is shown, in which section. */

import type { SegmentBody } from "@/api/types";
import { SEGMENT_TYPES, type SegmentState, type SegmentType, type SegmentTypeLook } from "@/core/segments";

/** What narrows the list. */
export interface ListFilter {
  readonly text: string;
  readonly type: SegmentType | undefined;
  readonly state: SegmentState | undefined;
}

/** The segments of one type. */
export interface Section {
  readonly look: SegmentTypeLook;
  readonly segments: readonly SegmentBody[];
}

/** Segments that pass a filter; the text is sought in name, owner, description and query. */
export function filterSegments(segments: readonly SegmentBody[], filter: ListFilter): readonly SegmentBody[] {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  return segments.filter((segment) => {
    if (filter.type && segment.type !== filter.type) return false;
    if (filter.state && segment.state !== filter.state) return false;
    const text = [segment.name, segment.owner, segment.description, segment.query ?? ""]
      .join(" ")
      .toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** Sections in the order of the page: Model Performance always, of other types those that hold something. */
export function sectionsOf(segments: readonly SegmentBody[]): {
  readonly modelPerformance: readonly Section[];
  readonly others: readonly Section[];
} {
  const sections = SEGMENT_TYPES.map((look) => ({
    look,
    segments: segments.filter((segment) => segment.type === look.type),
  }));
  return {
    modelPerformance: sections.filter(({ look }) => look.isModelPerformance),
    others: sections.filter(({ look, segments: held }) => !look.isModelPerformance && held.length > 0),
  };
}
