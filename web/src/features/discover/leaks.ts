/** Near-duplicates in words and lists: who leaks into whom, what is done with all of them. */

import type { DuplicateGroup, DuplicatePair } from "@/api/types";
import { countOf } from "@/core/numbers";

type Counts = Readonly<Record<string, number>>;

/** Segments that leak, the smallest first: a test set suffers from what training holds of it. */
export function leakingSegments(counts: Counts, sizeOf: (segment: string) => number): readonly string[] {
  return Object.keys(counts)
    .filter((name) => (counts[name] ?? 0) > 0)
    .sort((a, b) => sizeOf(a) - sizeOf(b) || a.localeCompare(b));
}

/** What was found, in a sentence: `42 frames of Test are nearly in Training.` */
export function leakWords(segments: readonly string[], counts: Counts, noun: string): string {
  const [first, second] = segments;
  if (first === undefined || second === undefined) return "No leak between splits at this distance.";
  const n = counts[first] ?? 0;
  const are = n === 1 ? "is" : "are";
  if (segments.length === 2) return `${countOf(n, noun)} of ${first} ${are} nearly in ${second}.`;
  return `${segments.length} splits share nearly the same ${noun}s.`;
}

/** Elements of a segment in groups, each once, in the order of the groups. */
export function elementsOf(groups: readonly DuplicateGroup[], segment: string): readonly string[] {
  return unique(
    groups.flatMap(({ elements }) =>
      elements.filter(({ segments }) => segments.includes(segment)).map(({ id }) => id),
    ),
  );
}

/** All elements of groups, each once. */
export function allElements(groups: readonly DuplicateGroup[]): readonly string[] {
  return unique(groups.flatMap(({ elements }) => elements.map(({ id }) => id)));
}

/** All but the first of each group: what could go without losing a picture. */
export function spareElements(groups: readonly DuplicateGroup[]): readonly string[] {
  return unique(groups.flatMap(({ elements }) => elements.slice(1).map(({ id }) => id)));
}

/** Pairs of groups across segments, nearest first. */
export function pairsOf(groups: readonly DuplicateGroup[]): readonly DuplicatePair[] {
  return groups.flatMap(({ pairs }) => pairs);
}

function unique(ids: readonly string[]): readonly string[] {
  return [...new Set(ids)];
}

/** The largest distance of near-duplicates, unless another is asked for. */
export const DEFAULT_DISTANCE = 0.05;

/** The largest distance two vectors can have. */
export function mostDistance(kind: "cosine" | "euclidean"): number {
  return kind === "cosine" ? 2 : Number.POSITIVE_INFINITY;
}

/** A distance as typed in the address, or the default. */
export function readDistance(text: string | undefined, most: number): number {
  const value = Number(text);
  const isDistance = text !== undefined && text.trim() !== "" && value >= 0 && value <= most;
  return isDistance && Number.isFinite(value) ? value : DEFAULT_DISTANCE;
}
