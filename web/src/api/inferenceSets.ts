/** Inference sets. */

import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { Place } from "@/core/paths";
import { answer, client } from "./client";
import { keys } from "./keys";
import type { InferenceSetUpdate } from "./types";

export const inferenceSetsOptions = (place: Place) =>
  queryOptions({
    queryKey: keys.within(place, "inference-sets"),
    queryFn: async ({ signal }) =>
      (
        await answer(
          client.GET("/api/v1/projects/{project}/datasets/{dataset}/inference-sets", {
            params: { path: { ...place } },
            signal,
          }),
        )
      ).items,
  });

/** Inference sets in order of upload. */
export const useInferenceSets = (place: Place) => useQuery(inferenceSetsOptions(place));

/** Make an inference set unless it exists, and give it these settings. */
export function usePutInferenceSet(place: Place) {
  const kept = useQueryClient();
  return useMutation({
    mutationFn: ({ name, ...body }: InferenceSetUpdate & { name: string }) =>
      answer(
        client.PUT("/api/v1/projects/{project}/datasets/{dataset}/inference-sets/{name}", {
          params: { path: { ...place, name } },
          body,
        }),
      ),
    onSuccess: () => kept.invalidateQueries({ queryKey: keys.dataset(place) }),
  });
}

/** Change the operating point or the details; `null` returns to the project's default. */
export function useUpdateInferenceSet(place: Place) {
  const kept = useQueryClient();
  return useMutation({
    mutationFn: ({ name, ...body }: InferenceSetUpdate & { name: string }) =>
      answer(
        client.PATCH("/api/v1/projects/{project}/datasets/{dataset}/inference-sets/{name}", {
          params: { path: { ...place, name } },
          body,
        }),
      ),
    onSuccess: () => kept.invalidateQueries({ queryKey: keys.dataset(place) }),
  });
}

/** Delete an inference set. */
export function useDeleteInferenceSet(place: Place) {
  const kept = useQueryClient();
  return useMutation({
    mutationFn: (name: string) =>
      answer(
        client.DELETE("/api/v1/projects/{project}/datasets/{dataset}/inference-sets/{name}", {
          params: { path: { ...place, name } },
        }),
      ),
    onSuccess: () => kept.invalidateQueries({ queryKey: keys.dataset(place) }),
  });
}
