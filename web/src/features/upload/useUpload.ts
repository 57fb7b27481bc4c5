/** An upload from the files to the end of its job: staged, tried, read. */

import { useCallback, useEffect, useRef, useState } from "react";
import { useDeleteInferenceSet, useInferenceSets, usePutInferenceSet } from "@/api/inferenceSets";
import { isFinal, useCancelJob, useJob } from "@/api/jobs";
import type { DryRun, JobBody } from "@/api/types";
import {
  discardUpload,
  stageFiles,
  type UploadProgress,
  useDryRunDataset,
  useDryRunInferences,
  useIngestDataset,
  useIngestInferences,
} from "@/api/uploads";
import type { Place } from "@/core/paths";
import { begunUpload, rememberUpload, signatureOf } from "./begun";
import { datasetIngest, inferenceIngest, type SourceFile, stagedFiles, type UploadOptions } from "./plan";

/** Where an upload stands. */
export type Phase =
  | { readonly kind: "choosing" }
  | { readonly kind: "sending"; readonly progress: UploadProgress | null }
  | { readonly kind: "checking" }
  | { readonly kind: "checked"; readonly run: DryRun }
  | { readonly kind: "starting"; readonly run: DryRun }
  | { readonly kind: "reading"; readonly job: string }
  | { readonly kind: "failed"; readonly error: unknown };

/** An upload and what can be done with it. */
export interface Upload {
  readonly phase: Phase;
  readonly job: JobBody | undefined;
  /** Send the files, then say what they would do. */
  readonly check: (sources: readonly SourceFile[], options: UploadOptions) => Promise<void>;
  /** Read what was checked. */
  readonly start: (sources: readonly SourceFile[], options: UploadOptions) => Promise<void>;
  /** Stop sending, or ask the job to stop. */
  readonly cancel: () => void;
  /** Files or options changed: what was checked no longer holds. */
  readonly reset: () => void;
}

interface Staged {
  readonly upload: string;
  readonly signature: string;
}

/** Upload into a dataset. */
export function useUpload(place: Place): Upload {
  const [phase, setPhase] = useState<Phase>({ kind: "choosing" });
  const staged = useRef<Staged | null>(null);
  const abort = useRef<AbortController | null>(null);
  const newSet = useRef<string | null>(null);
  const isReading = useRef(false);
  const tryDataset = useDryRunDataset(place);
  const tryInferences = useDryRunInferences(place);
  const readDataset = useIngestDataset(place);
  const readInferences = useIngestInferences(place);
  const putSet = usePutInferenceSet(place);
  const deleteSet = useDeleteInferenceSet(place);
  const { data: sets = [] } = useInferenceSets(place);
  const cancelJob = useCancelJob();
  const { data: job } = useJob(phase.kind === "reading" ? phase.job : undefined);

  // A set made for this upload goes again when nothing was read into it.
  useEffect(() => {
    if (!job || !isFinal(job)) return;
    isReading.current = false;
    const made = newSet.current;
    newSet.current = null;
    if (job.state === "succeeded") {
      staged.current = null;
      rememberUpload(place, null);
    } else if (made !== null) deleteSet.mutate(made);
  }, [job, place, deleteSet.mutate]);

  // What was sent and never read is thrown away with the page.
  useEffect(
    () => () => {
      abort.current?.abort();
      if (staged.current && !isReading.current) {
        rememberUpload(place, null);
        void discardUpload(staged.current.upload).catch(() => {});
      }
    },
    [place],
  );

  const send = useCallback(
    async (sources: readonly SourceFile[], options: UploadOptions) => {
      const files = stagedFiles(sources, options.kind);
      const signature = signatureOf(files);
      if (staged.current?.signature === signature) return staged.current.upload;
      if (staged.current) void discardUpload(staged.current.upload).catch(() => {});
      staged.current = null;
      abort.current = new AbortController();
      setPhase({ kind: "sending", progress: null });
      const upload = await stageFiles(files, {
        begun: begunUpload(place, signature),
        onBegin: (begun) => rememberUpload(place, { upload: begun, signature }),
        signal: abort.current.signal,
        onProgress: (progress) => setPhase({ kind: "sending", progress }),
      });
      staged.current = { upload, signature };
      return upload;
    },
    [place],
  );

  const guarded = useCallback(async (work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      isReading.current = false;
      setPhase(abort.current?.signal.aborted ? { kind: "choosing" } : { kind: "failed", error });
    }
  }, []);

  const check: Upload["check"] = (sources, options) =>
    guarded(async () => {
      const upload = await send(sources, options);
      setPhase({ kind: "checking" });
      const run =
        options.kind === "dataset"
          ? await tryDataset.mutateAsync(datasetIngest(sources, options, upload))
          : await tryInferences.mutateAsync(inferenceIngest(sources, options, upload));
      setPhase({ kind: "checked", run });
    });

  const start: Upload["start"] = (sources, options) =>
    guarded(async () => {
      if (phase.kind === "checked") setPhase({ kind: "starting", run: phase.run });
      const upload = await send(sources, options);
      if (options.kind === "dataset") {
        isReading.current = true;
        const started = await readDataset.mutateAsync(datasetIngest(sources, options, upload));
        setPhase({ kind: "reading", job: started.id });
        return;
      }
      if (!sets.some(({ name }) => name === options.name)) {
        await putSet.mutateAsync({ name: options.name });
        newSet.current = options.name;
      }
      isReading.current = true;
      const started = await readInferences.mutateAsync(inferenceIngest(sources, options, upload));
      setPhase({ kind: "reading", job: started.id });
    });

  const cancel = () => {
    if (phase.kind === "sending") abort.current?.abort();
    if (phase.kind === "reading") cancelJob.mutate(phase.job);
  };

  const reset = useCallback(
    () => setPhase((now) => (now.kind === "choosing" ? now : { kind: "choosing" })),
    [],
  );
  return { phase, job: phase.kind === "reading" ? job : undefined, check, start, cancel, reset };
}
