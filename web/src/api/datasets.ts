/** Datasets, their versions and checkpoints. */

import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import type { Place } from "@/core/paths";
import { answer, client } from "./client";
import { keys } from "./keys";

export const datasetsOptions = (project: string) =>
  queryOptions({
    queryKey: [...keys.project(project), "datasets"],
    queryFn: async ({ signal }) =>
      (
        await answer(
          client.GET("/api/v1/projects/{project}/datasets", { params: { path: { project } }, signal }),
        )
      ).items,
  });

export const datasetOptions = (place: Place) =>
  queryOptions({
    queryKey: keys.within(place, "itself"),
    queryFn: ({ signal }) =>
      answer(
        client.GET("/api/v1/projects/{project}/datasets/{dataset}", {
          params: { path: { ...place } },
          signal,
        }),
      ),
  });

/** The datasets of a project by name. */
export const useDatasets = (project: string) => useQuery(datasetsOptions(project));

/** One dataset: counts, fields of frames and labels. */
export const useDataset = (place: Place) => useQuery(datasetOptions(place));

/** Versions, newest first. */
export const useDatasetVersions = (place: Place) =>
  useQuery({
    queryKey: keys.within(place, "versions"),
    queryFn: async ({ signal }) =>
      (
        await answer(
          client.GET("/api/v1/projects/{project}/datasets/{dataset}/versions", {
            params: { path: { ...place } },
            signal,
          }),
        )
      ).items,
  });

/** Make an empty dataset, unless it exists. */
export function useCreateDataset(project: string) {
  const kept = useQueryClient();
  return useMutation({
    mutationFn: (dataset: string) =>
      answer(
        client.PUT("/api/v1/projects/{project}/datasets/{dataset}", {
          params: { path: { project, dataset } },
        }),
      ),
    onSuccess: () => kept.invalidateQueries({ queryKey: keys.project(project) }),
  });
}

/** Delete a dataset with everything in it. */
export function useDeleteDataset(project: string) {
  const kept = useQueryClient();
  return useMutation({
    mutationFn: (dataset: string) =>
      answer(
        client.DELETE("/api/v1/projects/{project}/datasets/{dataset}", {
          params: { path: { project, dataset } },
        }),
      ),
    onSuccess: (_, dataset) => {
      kept.removeQueries({ queryKey: keys.dataset({ project, dataset }) });
      return kept.invalidateQueries({ queryKey: keys.project(project) });
    },
  });
}

/** Give a version a name. */
export function useCreateCheckpoint(place: Place) {
  const kept = useQueryClient();
  return useMutation({
    mutationFn: (body: { name: string; version?: number; note?: string }) =>
      answer(
        client.POST("/api/v1/projects/{project}/datasets/{dataset}/checkpoints", {
          params: { path: { ...place } },
          body,
        }),
      ),
    onSuccess: () => kept.invalidateQueries({ queryKey: keys.within(place, "versions") }),
  });
}

/** Make a new version that equals a checkpoint. */
export function useRestoreCheckpoint(place: Place) {
  const kept = useQueryClient();
  return useMutation({
    mutationFn: (name: string) =>
      answer(
        client.POST("/api/v1/projects/{project}/datasets/{dataset}/checkpoints/{name}/restore", {
          params: { path: { ...place, name } },
        }),
      ),
    onSuccess: () => kept.invalidateQueries({ queryKey: keys.dataset(place) }),
  });
}
