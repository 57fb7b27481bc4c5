/** Embedding spaces, what is near to what, near-duplicates. */

import {
  keepPreviousData,
  queryOptions,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import type { Place } from "@/core/paths";
import type { ElementKind } from "@/core/selection";
import { answer, client } from "./client";
import { keys } from "./keys";
import type { DuplicatesRequest, EmbeddingCompute, EmbeddingSpaceBody, SimilarRequest } from "./types";
import { discardUpload, stageFiles } from "./uploads";

const ROOT = "/api/v1/projects/{project}/datasets/{dataset}";

/** Whose vectors are meant. */
export interface VectorsOf {
  readonly elements: ElementKind;
  /** With inferences: of which set. */
  readonly inferenceSet?: string | null | undefined;
}

export const spacesOptions = (place: Place) =>
  queryOptions({
    queryKey: keys.within(place, "embeddings"),
    queryFn: async ({ signal }) =>
      (await answer(client.GET(`${ROOT}/embeddings`, { params: { path: { ...place } }, signal }))).items,
  });

/** All embedding spaces by name. */
export const useSpaces = (place: Place) => useQuery(spacesOptions(place));

/** Those that have vectors of these elements. */
export function spacesOf(
  spaces: readonly EmbeddingSpaceBody[],
  { elements, inferenceSet }: VectorsOf,
): readonly EmbeddingSpaceBody[] {
  return spaces.filter(
    (space) =>
      space.elements === elements &&
      (elements !== "inferences" || space.inference_set === (inferenceSet ?? null)),
  );
}

/** Compute vectors of elements that have none yet, as a job. */
export function useComputeEmbeddings(place: Place) {
  const kept = useQueryClient();
  return useMutation({
    mutationFn: ({ space, ...body }: EmbeddingCompute & { space: string }) =>
      answer(
        client.POST(`${ROOT}/embeddings/{space}/compute`, { params: { path: { ...place, space } }, body }),
      ),
    onSuccess: () => kept.invalidateQueries({ queryKey: keys.jobs }),
  });
}

export const similarOptions = (place: Place, request: SimilarRequest) =>
  queryOptions({
    queryKey: keys.within(place, "similar", request),
    queryFn: ({ signal }) =>
      answer(client.POST(`${ROOT}/similar`, { params: { path: { ...place } }, body: request, signal })),
  });

/** Elements nearest to some. */
export const useSimilar = (place: Place, request: SimilarRequest, { enabled = true } = {}) =>
  useQuery({ ...similarOptions(place, request), enabled });

/** Elements nearest to an image, which is sent, described and thrown away. */
export function useSimilarToImage(place: Place) {
  return useMutation({
    mutationFn: async ({ file, ...request }: Omit<SimilarRequest, "image"> & { file: File }) => {
      const upload = await stageFiles([{ name: file.name, file }]);
      const body = { ...request, image: { upload, path: file.name } };
      try {
        return await answer(client.POST(`${ROOT}/similar`, { params: { path: { ...place } }, body }));
      } finally {
        // What stays is thrown away by the server in time.
        await discardUpload(upload).catch(() => undefined);
      }
    },
  });
}

/** What near-duplicates are asked for, without a place in their list. */
export type DuplicatesAsked = Omit<DuplicatesRequest, "cursor" | "limit">;

const duplicatesPage = (place: Place, body: DuplicatesRequest, signal?: AbortSignal) =>
  answer(client.POST(`${ROOT}/duplicates`, { params: { path: { ...place } }, body, signal: signal ?? null }));

/** Pages of what a search found, those with the nearest pair first. */
export const useDuplicates = (place: Place, request: DuplicatesAsked, { limit = 24, enabled = true } = {}) =>
  useInfiniteQuery({
    queryKey: keys.within(place, "duplicates", request, limit),
    queryFn: ({ pageParam, signal }) =>
      duplicatesPage(place, { ...request, limit, cursor: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor,
    placeholderData: keepPreviousData,
    enabled,
  });

/** All groups, asked for page by page: for what is done with all of them at once. */
export async function fetchDuplicates(place: Place, request: DuplicatesAsked) {
  const first = await duplicatesPage(place, { ...request, limit: 1000 });
  const groups = [...first.items];
  for (let cursor = first.next_cursor; cursor !== null; ) {
    const page = await duplicatesPage(place, { ...request, limit: 1000, cursor });
    groups.push(...page.items);
    cursor = page.next_cursor;
  }
  return groups;
}

/** Look for near-duplicates, as a job. */
export function useFindDuplicates(place: Place) {
  const kept = useQueryClient();
  return useMutation({
    mutationFn: (body: Omit<DuplicatesAsked, "between">) =>
      answer(client.POST(`${ROOT}/duplicates/find`, { params: { path: { ...place } }, body })),
    onSuccess: async () => {
      await kept.invalidateQueries({ queryKey: keys.within(place, "duplicates") });
      await kept.invalidateQueries({ queryKey: keys.jobs });
    },
  });
}
