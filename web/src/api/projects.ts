/** Projects. */

import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { answer, client } from "./client";
import { keys } from "./keys";
import type { ProjectBody, ProjectCreate, ProjectUpdate } from "./types";

export const healthOptions = () =>
  queryOptions({
    queryKey: ["health"],
    queryFn: ({ signal }) => answer(client.GET("/api/v1/health", { signal })),
  });

export const projectsOptions = () =>
  queryOptions({
    queryKey: keys.projects,
    queryFn: async ({ signal }) =>
      (await answer(client.GET("/api/v1/projects", { signal }))).items as ProjectBody[],
  });

export const projectOptions = (project: string) =>
  queryOptions({
    queryKey: [...keys.project(project), "settings"],
    queryFn: async ({ signal }) =>
      (await answer(
        client.GET("/api/v1/projects/{project}", { params: { path: { project } }, signal }),
      )) as ProjectBody,
  });

/** The server's version, home and allowed folders. */
export const useHealth = () => useQuery(healthOptions());

/** All projects by name. */
export const useProjects = () => useQuery(projectsOptions());

/** One project. */
export const useProject = (project: string) => useQuery(projectOptions(project));

/** Make a project. */
export function useCreateProject() {
  const kept = useQueryClient();
  return useMutation({
    mutationFn: (body: ProjectCreate) => answer(client.POST("/api/v1/projects", { body })),
    onSuccess: () => kept.invalidateQueries({ queryKey: keys.projects }),
  });
}

/** Change settings; scores depend on them. */
export function useUpdateProject(project: string) {
  const kept = useQueryClient();
  return useMutation({
    mutationFn: (body: ProjectUpdate) =>
      answer(client.PATCH("/api/v1/projects/{project}", { params: { path: { project } }, body })),
    onSuccess: () => kept.invalidateQueries({ queryKey: keys.projects }),
  });
}

/** Delete a project with everything in it. */
export function useDeleteProject() {
  const kept = useQueryClient();
  return useMutation({
    mutationFn: (project: string) =>
      answer(client.DELETE("/api/v1/projects/{project}", { params: { path: { project } } })),
    onSuccess: (_, project) => {
      kept.removeQueries({ queryKey: keys.project(project) });
      return kept.invalidateQueries({ queryKey: keys.projects });
    },
  });
}
