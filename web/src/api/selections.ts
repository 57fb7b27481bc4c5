/** Queries: counts, pages of elements, completion, facets; frames. */

import { keepPreviousData, queryOptions, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import type { Place } from "@/core/paths";
import type { ElementKind } from "@/core/selection";
import { answer, client } from "./client";
import { keys } from "./keys";
import type { QueryRequest } from "./types";

/** One element of a page: its `id`, and the columns asked for. */
export type ElementRow = { readonly id: string } & Readonly<Record<string, unknown>>;

/** A request without its place in the list. */
export type PagesRequest = Omit<QueryRequest, "cursor" | "limit">;

const page = (place: Place, body: QueryRequest, signal?: AbortSignal) =>
  answer(
    client.POST("/api/v1/projects/{project}/datasets/{dataset}/query", {
      params: { path: { ...place } },
      body,
      signal: signal ?? null,
    }),
  );

export const countOptions = (place: Place, request: PagesRequest) =>
  queryOptions({
    queryKey: keys.within(place, "count", request),
    queryFn: ({ signal }) => page(place, { ...request, limit: 0 }, signal),
  });

/** How many elements a selection holds; the last answer stays while the next is on its way. */
export const useCount = (place: Place, request: PagesRequest, { enabled = true } = {}) =>
  useQuery({ ...countOptions(place, request), placeholderData: keepPreviousData, enabled });

/** Pages of a selection; `items` of all pages in order are `data.pages.flatMap((page) => page.items)`. */
export const useElementPages = (place: Place, request: PagesRequest, { limit = 200, enabled = true } = {}) =>
  useInfiniteQuery({
    queryKey: keys.within(place, "pages", request, limit),
    queryFn: async ({ pageParam, signal }) => {
      const found = await page(place, { ...request, limit, cursor: pageParam }, signal);
      return { ...found, items: found.items as unknown as readonly ElementRow[] };
    },
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor,
    placeholderData: keepPreviousData,
    enabled,
  });

/** Ask once, outside a component: for "select all" and the like. */
export const fetchPage = page;

/** One page of so many elements that begins anywhere: what a grid that jumps asks for. */
export const pageAtOptions = (place: Place, request: PagesRequest, offset: number, limit: number) =>
  queryOptions({
    queryKey: keys.within(place, "page", request, offset, limit),
    queryFn: async ({ signal }) => {
      const found = await page(place, { ...request, offset, limit }, signal);
      return { ...found, items: found.items as unknown as readonly ElementRow[] };
    },
  });

/** An element with those before and after it; no items when the selection does not hold it. */
export const useNeighbours = (place: Place, request: PagesRequest, id: string) =>
  useQuery({
    queryKey: keys.within(place, "neighbours", request, id),
    queryFn: async ({ signal }) => {
      const found = await page(place, { ...request, around: id, limit: 3 }, signal);
      const ids = found.items.map((row) => String(row.id));
      const at = ids.indexOf(id);
      if (at < 0) return null;
      return { count: found.count, place: (found.offset ?? 0) + at, before: ids[at - 1], after: ids[at + 1] };
    },
  });

/** Labels, and inferences of sets, of up to 200 frames, to draw over thumbnails. */
export const objectsOptions = (place: Place, frames: readonly string[], inferenceSets: readonly string[]) =>
  queryOptions({
    queryKey: keys.within(place, "objects", frames, inferenceSets),
    queryFn: ({ signal }) =>
      answer(
        client.POST("/api/v1/projects/{project}/datasets/{dataset}/objects", {
          params: { path: { ...place } },
          body: { frame_ids: [...frames], inference_sets: [...inferenceSets] },
          signal,
        }),
      ),
  });

export const completionOptions = (
  place: Place,
  text: string,
  cursor: number,
  about: { elements?: ElementKind; inferenceSet?: string | undefined },
) =>
  queryOptions({
    queryKey: keys.within(place, "complete", text, cursor, about),
    queryFn: ({ signal }) =>
      answer(
        client.GET("/api/v1/projects/{project}/datasets/{dataset}/query/complete", {
          params: {
            path: { ...place },
            query: {
              text,
              cursor,
              ...(about.elements ? { elements: about.elements } : {}),
              ...(about.inferenceSet ? { inference_set: about.inferenceSet } : {}),
            },
          },
          signal,
        }),
      ),
  });

/** Which distribution of which fields. */
export interface FacetsRequest {
  readonly query?: string | undefined;
  readonly fields?: readonly string[];
  readonly elements?: ElementKind;
  readonly inferenceSet?: string | undefined;
  /** What the query selects, when that is not what is counted: the labels of some frames. */
  readonly queryElements?: ElementKind;
  /** A text the listed values have in them. */
  readonly contains?: string | undefined;
}

/** Value counts and histograms of fields over a query. */
export const useFacets = (place: Place, request: FacetsRequest, { enabled = true } = {}) =>
  useQuery({
    queryKey: keys.within(place, "facets", request),
    queryFn: ({ signal }) =>
      answer(
        client.GET("/api/v1/projects/{project}/datasets/{dataset}/facets", {
          params: {
            path: { ...place },
            query: {
              query: request.query ?? null,
              field: request.fields ? [...request.fields] : null,
              elements: request.elements ?? "frames",
              inference_set: request.inferenceSet ?? null,
              query_elements: request.queryElements ?? null,
              contains: request.contains || null,
            },
          },
          signal,
        }),
      ),
    placeholderData: keepPreviousData,
    enabled,
  });

export const frameOptions = (place: Place, frame: string, inferenceSets: readonly string[] = []) =>
  queryOptions({
    queryKey: keys.within(place, "frame", frame, inferenceSets),
    queryFn: ({ signal }) =>
      answer(
        client.GET("/api/v1/projects/{project}/datasets/{dataset}/frames/{frame_id}", {
          params: { path: { ...place, frame_id: frame }, query: { inference_set: [...inferenceSets] } },
          signal,
        }),
      ),
  });

/** A frame with its labels, the inferences of the sets asked for, and its segments. */
export const useFrame = (place: Place, frame: string, inferenceSets: readonly string[] = []) =>
  useQuery({ ...frameOptions(place, frame, inferenceSets), placeholderData: keepPreviousData });
