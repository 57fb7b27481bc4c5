/** Segments: lists, changes, elements, targets, versions, comments, metrics. */

import { queryOptions, useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { Place } from "@/core/paths";
import { answer, client } from "./client";
import { keys } from "./keys";
import type { ElementRow } from "./selections";
import type {
  ElementsChange,
  SegmentBody,
  SegmentCreate,
  SegmentPerValue,
  SegmentUpdate,
  TargetBody,
} from "./types";

const ROOT = "/api/v1/projects/{project}/datasets/{dataset}/segments";

export const segmentsOptions = (place: Place) =>
  queryOptions({
    queryKey: keys.within(place, "segments"),
    queryFn: async ({ signal }) =>
      (await answer(client.GET(ROOT, { params: { path: { ...place } }, signal }))).items,
  });

export const segmentOptions = (place: Place, segment: string) =>
  queryOptions({
    queryKey: keys.within(place, "segments", segment),
    queryFn: ({ signal }) =>
      answer(client.GET(`${ROOT}/{segment}`, { params: { path: { ...place, segment } }, signal })),
  });

/** All segments by type, then name. */
export const useSegments = (place: Place) => useQuery(segmentsOptions(place));

/** One segment at its current version. */
export const useSegment = (place: Place, segment: string) => useQuery(segmentOptions(place, segment));

/** Versions, newest first. */
export const useSegmentVersions = (place: Place, segment: string) =>
  useQuery({
    queryKey: keys.within(place, "segments", segment, "versions"),
    queryFn: async ({ signal }) =>
      (
        await answer(
          client.GET(`${ROOT}/{segment}/versions`, { params: { path: { ...place, segment } }, signal }),
        )
      ).items,
  });

/** Pages of the elements of a version, default the current one. */
export const useSegmentElements = (place: Place, segment: string, version?: number, limit = 200) =>
  useInfiniteQuery({
    queryKey: keys.within(place, "segments", segment, "elements", version, limit),
    queryFn: async ({ pageParam, signal }) => {
      const found = await answer(
        client.GET(`${ROOT}/{segment}/elements`, {
          params: {
            path: { ...place, segment },
            query: { version: version ?? null, limit, cursor: pageParam },
          },
          signal,
        }),
      );
      return { ...found, items: found.items as unknown as readonly ElementRow[] };
    },
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor,
  });

/** What the kept query would add and remove today; only for segments that keep one. */
export const useSegmentDifference = (place: Place, segment: string, { enabled = true } = {}) =>
  useQuery({
    queryKey: keys.within(place, "segments", segment, "difference"),
    queryFn: ({ signal }) =>
      answer(client.GET(`${ROOT}/{segment}/difference`, { params: { path: { ...place, segment } }, signal })),
    enabled,
  });

/** All inference sets on the segment, and whether each succeeds. */
export const useSegmentMetrics = (
  place: Place,
  segment: string,
  baseline?: string,
  { enabled = true } = {},
) =>
  useQuery({
    queryKey: keys.within(place, "segments", segment, "metrics", baseline),
    queryFn: ({ signal }) =>
      answer(
        client.GET(`${ROOT}/{segment}/metrics`, {
          params: { path: { ...place, segment }, query: { baseline: baseline ?? null } },
          signal,
        }),
      ),
    enabled,
  });

/** Comments, oldest first. */
export const useComments = (place: Place, segment: string) =>
  useQuery({
    queryKey: keys.within(place, "segments", segment, "comments"),
    queryFn: async ({ signal }) =>
      (
        await answer(
          client.GET(`${ROOT}/{segment}/comments`, { params: { path: { ...place, segment } }, signal }),
        )
      ).items,
  });

/** Everything a change of segments touches goes stale: lists, scores, queries that name segments. */
export function useSegmentsChanged(place: Place) {
  const kept = useQueryClient();
  return (changed?: SegmentBody, before?: string) => {
    if (changed) kept.setQueryData(segmentOptions(place, changed.name).queryKey, changed);
    // What was asked about a name that is gone is not asked again.
    const gone = before === changed?.name ? undefined : before;
    const namePlace = keys.within(place, "segments").length;
    return kept.invalidateQueries({
      queryKey: keys.dataset(place),
      predicate: ({ queryKey }) =>
        gone === undefined || queryKey[namePlace - 1] !== "segments" || queryKey[namePlace] !== gone,
    });
  };
}

const ifMatch = (revision: number) => ({ "if-match": `"${revision}"` });

/** Make a segment from a selection. */
export function useCreateSegment(place: Place) {
  const changed = useSegmentsChanged(place);
  return useMutation({
    mutationFn: (body: SegmentCreate) => answer(client.POST(ROOT, { params: { path: { ...place } }, body })),
    onSuccess: (body) => changed(body),
  });
}

/** Make a segment for each value of a field. */
export function useCreateSegmentPerValue(place: Place) {
  const changed = useSegmentsChanged(place);
  return useMutation({
    mutationFn: async (body: SegmentPerValue) =>
      (await answer(client.POST(`${ROOT}/per-value`, { params: { path: { ...place } }, body }))).items,
    onSuccess: () => changed(),
  });
}

/** Change what needs no new version; the revision is the one that was read. */
export function useUpdateSegment(place: Place) {
  const changed = useSegmentsChanged(place);
  return useMutation({
    mutationFn: ({ segment, revision, ...body }: SegmentUpdate & { segment: string; revision: number }) =>
      answer(
        client.PATCH(`${ROOT}/{segment}`, {
          params: { path: { ...place, segment }, header: ifMatch(revision) },
          body,
        }),
      ),
    onSuccess: (body, { segment }) => changed(body, segment),
  });
}

/** Delete a segment. */
export function useDeleteSegment(place: Place) {
  const changed = useSegmentsChanged(place);
  return useMutation({
    mutationFn: (segment: string) =>
      answer(client.DELETE(`${ROOT}/{segment}`, { params: { path: { ...place, segment } } })),
    onSuccess: (_, segment) => changed(undefined, segment),
  });
}

/** Add, remove or follow the kept query: makes the next version. */
export function useChangeElements(place: Place) {
  const changed = useSegmentsChanged(place);
  return useMutation({
    mutationFn: ({ segment, revision, ...body }: ElementsChange & { segment: string; revision?: number }) =>
      answer(
        client.POST(`${ROOT}/{segment}/elements`, {
          params: { path: { ...place, segment }, header: revision === undefined ? {} : ifMatch(revision) },
          body,
        }),
      ),
    onSuccess: (body) => changed(body),
  });
}

/** Replace the targets. */
export function useSetTargets(place: Place) {
  const changed = useSegmentsChanged(place);
  return useMutation({
    mutationFn: ({
      segment,
      revision,
      targets,
    }: {
      segment: string;
      revision: number;
      targets: TargetBody[];
    }) =>
      answer(
        client.PUT(`${ROOT}/{segment}/targets`, {
          params: { path: { ...place, segment }, header: ifMatch(revision) },
          body: targets,
        }),
      ),
    onSuccess: (body) => changed(body),
  });
}

/** Add a comment. */
export function useAddComment(place: Place, segment: string) {
  const kept = useQueryClient();
  return useMutation({
    mutationFn: (body: { text: string; author?: string }) =>
      answer(client.POST(`${ROOT}/{segment}/comments`, { params: { path: { ...place, segment } }, body })),
    onSuccess: () =>
      kept.invalidateQueries({ queryKey: keys.within(place, "segments", segment, "comments") }),
  });
}

/** Delete a comment. */
export function useDeleteComment(place: Place, segment: string) {
  const kept = useQueryClient();
  return useMutation({
    mutationFn: (comment: string) =>
      answer(
        client.DELETE(`${ROOT}/{segment}/comments/{comment}`, {
          params: { path: { ...place, segment, comment } },
        }),
      ),
    onSuccess: () =>
      kept.invalidateQueries({ queryKey: keys.within(place, "segments", segment, "comments") }),
  });
}
