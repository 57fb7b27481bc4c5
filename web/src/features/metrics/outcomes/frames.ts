/** All frames of a query, by name. */

import { fetchPage } from "@/api/selections";
import type { Place } from "@/core/paths";

const PAGE = 1000;

/** A query at an operating point. */
export interface FramesRequest {
  readonly query: string;
  readonly inferenceSet: string;
  readonly confidence?: number | undefined;
  readonly iou?: number | undefined;
}

/** Fetch the ids of all frames a query selects, page by page. */
export async function fetchFrames(place: Place, request: FramesRequest): Promise<readonly string[]> {
  const ids: string[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof fetchPage>> = await fetchPage(place, {
      selection: { query: request.query },
      inference_set: request.inferenceSet,
      confidence: request.confidence ?? null,
      iou: request.iou ?? null,
      limit: PAGE,
      cursor,
    });
    ids.push(...page.items.map((item) => String(item.id)));
    cursor = page.next_cursor;
  } while (cursor !== null);
  return ids;
}
