/** Jobs: lists, progress, cancel, retry. */

import { type QueryClient, queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
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

/** One job, followed by the server's events until it ends; then everything of its project goes stale. */
export function useJob(job: string | undefined) {
  const kept = useQueryClient();
  const found = useQuery({
    queryKey: oneJob(job),
    queryFn: async ({ signal }) => {
      const path = { job: job as string };
      const now = await answer(client.GET("/api/v1/jobs/{job}", { params: { path }, signal }));
      goStaleAtTheEnd(kept, now);
      return now;
    },
    enabled: job !== undefined,
    staleTime: 0,
    // Events tell at once; asking now and then helps where something on the way holds them back.
    refetchInterval: ({ state }) => (state.data && isFinal(state.data) ? false : 5000),
  });
  const isUnderWay = found.data !== undefined && !isFinal(found.data);
  useEffect(() => {
    if (job === undefined || !isUnderWay) return;
    const events = new EventSource(`/api/v1/jobs/${encodeURIComponent(job)}/events`);
    const take = ({ data }: MessageEvent<string>) => {
      const now = JSON.parse(data) as JobBody;
      goStaleAtTheEnd(kept, now);
      kept.setQueryData<JobBody>(oneJob(job), (before) =>
        before && before.revision > now.revision ? before : now,
      );
    };
    events.addEventListener("progress", take);
    events.addEventListener("end", take);
    return () => events.close();
  }, [job, isUnderWay, kept]);
  return found;
}

const oneJob = (job: string | undefined) => [...keys.jobs, "one", job];

function goStaleAtTheEnd(kept: QueryClient, now: JobBody): void {
  const before = kept.getQueryData<JobBody>(oneJob(now.id));
  if (!isFinal(now) || (before && isFinal(before))) return;
  void kept.invalidateQueries({ queryKey: keys.projects });
  void kept.invalidateQueries({ queryKey: [...keys.jobs, "list"] });
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
