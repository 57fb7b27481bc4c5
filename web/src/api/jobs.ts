/** Jobs: lists, progress, cancel, retry. */

import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { answer, client } from "./client";
import { keys } from "./keys";
import type { JobBody } from "./types";

/** Whether a job has come to its end. */
export function isFinal(job: JobBody): boolean {
  return job.state === "succeeded" || job.state === "failed" || job.state === "cancelled";
}

export const jobsOptions = (project?: string) =>
  queryOptions({
    queryKey: [...keys.jobs, "list", project],
    queryFn: async ({ signal }) =>
      (await answer(client.GET("/api/v1/jobs", { params: { query: { project: project ?? null } }, signal })))
        .items,
    refetchInterval: (query) => (query.state.data?.some((job) => !isFinal(job)) ? 1000 : 15_000),
  });

/** Jobs, newest first; asked again every second while one runs. */
export const useJobs = (project?: string) => useQuery(jobsOptions(project));

/** One job, followed by long poll until it ends; then everything of its project goes stale. */
export function useJob(job: string | undefined) {
  const kept = useQueryClient();
  return useQuery({
    queryKey: [...keys.jobs, "one", job],
    queryFn: async ({ signal }) => {
      const before = kept.getQueryData<JobBody>([...keys.jobs, "one", job]);
      const query = before ? { wait: 20, after: before.revision } : {};
      const path = { job: job as string };
      const now = await answer(client.GET("/api/v1/jobs/{job}", { params: { path, query }, signal }));
      if (isFinal(now) && (!before || !isFinal(before))) {
        await kept.invalidateQueries({ queryKey: keys.projects });
        await kept.invalidateQueries({ queryKey: [...keys.jobs, "list"] });
      }
      return now;
    },
    enabled: job !== undefined,
    // The server holds the answer back until something changed, so asking at once is not polling.
    refetchInterval: ({ state }) => (state.data && isFinal(state.data) ? false : 50),
    staleTime: 0,
  });
}

/** Ask a job to stop. */
export function useCancelJob() {
  const kept = useQueryClient();
  return useMutation({
    mutationFn: (job: string) =>
      answer(client.POST("/api/v1/jobs/{job}/cancel", { params: { path: { job } } })),
    onSuccess: () => kept.invalidateQueries({ queryKey: keys.jobs }),
  });
}

/** Queue a failed or cancelled job again. */
export function useRetryJob() {
  const kept = useQueryClient();
  return useMutation({
    mutationFn: (job: string) =>
      answer(client.POST("/api/v1/jobs/{job}/retry", { params: { path: { job } } })),
    onSuccess: () => kept.invalidateQueries({ queryKey: keys.jobs }),
  });
}
