/** Where the parts of a segment lead. */

import type { SegmentBody } from "@/api/types";
import { type Place, pagePath } from "@/core/paths";

/** A name as a text of the query language. */
export function quoted(name: string): string {
  return `"${name.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}

/** The query that selects a segment's elements. */
export function segmentQuery(name: string): string {
  return `segment:${quoted(name)}`;
}

/** The segment's elements in Explore. */
export function explorePath(place: Place, segment: SegmentBody): string {
  return pagePath(place, "explore", {
    q: segmentQuery(segment.name),
    ...(segment.elements === "frames" ? {} : { elements: segment.elements }),
    ...(segment.inference_set ? { sets: [segment.inference_set] } : {}),
  });
}

/** What the kept query would add, or remove, in Explore. */
export function differencePath(place: Place, segment: SegmentBody, side: "add" | "remove"): string {
  const own = segmentQuery(segment.name);
  const rule = `(${segment.query ?? ""})`;
  return pagePath(place, "explore", {
    q: side === "add" ? `${rule} AND NOT ${own}` : `${own} AND NOT ${rule}`,
    ...(segment.elements === "frames" ? {} : { elements: segment.elements }),
    ...(segment.inference_set ? { sets: [segment.inference_set] } : {}),
  });
}

/** A file with the segment's elements. */
export function exportPath(place: Place, segment: string, format: "json" | "csv" | "coco"): string {
  const root = `/api/v1/projects/${encodeURIComponent(place.project)}/datasets/${encodeURIComponent(place.dataset)}`;
  return `${root}/export/segment/${encodeURIComponent(segment)}?format=${format}`;
}

/** What a segment holds: `12 frames`. */
export const ELEMENT_NOUNS = { frames: "frame", labels: "label", inferences: "inference" } as const;
