/** Files on their way in: staged in chunks, tried without storing, then read by a job. */

import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { Place } from "@/core/paths";
import { answer, client } from "./client";
import { keys } from "./keys";
import { problemOf } from "./problem";
import type { DatasetIngest, InferenceIngest, UploadFile } from "./types";

const CHUNK_BYTES = 8 << 20;
const TRIES = 4;
/** Files on their way at a time: a folder of small ones would otherwise wait for one answer after the other. */
const AT_ONCE = 5;

/** A file and the name it gets in the upload (with folders: `images/0001.jpg`). */
export interface NamedFile {
  readonly name: string;
  readonly file: File;
}

/** How far an upload is. */
export interface UploadProgress {
  readonly n_bytes: number;
  readonly total_bytes: number;
  readonly n_files: number;
  readonly total_files: number;
  /** The file under way. */
  readonly name: string;
}

/** What can be given to `stageFiles`. */
export interface StageOptions {
  /** An upload that was begun and broken off: what it holds is not sent again. */
  readonly begun?: string | undefined;
  /** Told the upload's id before the first byte is sent. */
  readonly onBegin?: (upload: string) => void;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: UploadProgress) => void;
}

/** Stage files, several at a time, and return the id of the upload; a broken connection is taken up where it broke. */
export async function stageFiles(files: readonly NamedFile[], options: StageOptions = {}): Promise<string> {
  const { id, sizes } = await openUpload(options);
  options.onBegin?.(id);
  const total_bytes = files.reduce((sum, { file }) => sum + file.size, 0);
  let [n_bytes, n_files, isBroken] = [0, 0, false];
  const tell = (name: string, more_bytes: number) => {
    n_bytes += more_bytes;
    options.onProgress?.({ n_bytes, total_bytes, n_files, total_files: files.length, name });
  };
  const waiting = files.values();
  const work = async () => {
    for (const { name, file } of waiting) {
      if (isBroken) return;
      let held = Math.min(sizes.get(name) ?? 0, file.size);
      tell(name, held);
      const tellSize = (size: number) => {
        tell(name, size - held);
        held = size;
      };
      await stageFile(id, name, file, held, tellSize, options.signal);
      n_files += 1;
      tell(name, 0);
    }
  };
  const stopAll = (problem: unknown) => {
    isBroken = true;
    throw problem;
  };
  await Promise.all(Array.from({ length: AT_ONCE }, () => work().catch(stopAll)));
  return id;
}

/** The upload that was begun with what it holds, else a new one. */
async function openUpload({ begun, signal }: StageOptions) {
  const passed = { signal: signal ?? null };
  if (begun !== undefined) {
    const known = await client.GET("/api/v1/uploads/{upload}", {
      params: { path: { upload: begun } },
      ...passed,
    });
    if (known.data)
      return { id: begun, sizes: new Map(known.data.files.map(({ name, size }) => [name, size])) };
  }
  const { id } = await answer(client.POST("/api/v1/uploads", passed));
  return { id, sizes: new Map<string, number>() };
}

/** Throw a staging folder away. */
export const discardUpload = (upload: string) =>
  answer(client.DELETE("/api/v1/uploads/{upload}", { params: { path: { upload } } }));

async function stageFile(
  upload: string,
  name: string,
  file: File,
  held: number,
  tell: (sent: number) => void,
  signal?: AbortSignal,
): Promise<void> {
  let offset = held;
  if (held > 0 && held === file.size) return;
  do {
    const chunk = file.slice(offset, offset + CHUNK_BYTES);
    const received = await putChunk(upload, name, offset, chunk, signal);
    offset = received.size;
    tell(offset);
  } while (offset < file.size);
}

/** Sent as raw bytes, which OpenAPI does not describe; hence not through the typed client. */
async function putChunk(
  upload: string,
  name: string,
  offset: number,
  chunk: Blob,
  signal?: AbortSignal,
): Promise<UploadFile> {
  const path = name.split("/").map(encodeURIComponent).join("/");
  const url = `/api/v1/uploads/${encodeURIComponent(upload)}/files/${path}?offset=${offset}`;
  for (let attempt = 1; ; attempt += 1) {
    try {
      const response = await fetch(url, { method: "PUT", body: chunk, signal: signal ?? null });
      if (response.ok) return (await response.json()) as UploadFile;
      throw problemOf(await response.json().catch(() => undefined), response.status);
    } catch (cause) {
      if (signal?.aborted) throw cause;
      const problem = problemOf(cause);
      if (problem.status !== 0 || attempt === TRIES) throw problem;
      await new Promise((resolve) => setTimeout(resolve, 300 * 2 ** attempt));
    }
  }
}

/** Say what an ingest into the dataset would do; nothing is stored. */
export const useDryRunDataset = (place: Place) =>
  useMutation({
    mutationFn: (body: DatasetIngest) =>
      answer(
        client.POST("/api/v1/projects/{project}/datasets/{dataset}/ingest/dry-run", {
          params: { path: { ...place } },
          body,
        }),
      ),
  });

/** Read an upload into the dataset; follow the job with `useJob`. */
export function useIngestDataset(place: Place) {
  const kept = useQueryClient();
  return useMutation({
    mutationFn: (body: DatasetIngest) =>
      answer(
        client.POST("/api/v1/projects/{project}/datasets/{dataset}/ingest", {
          params: { path: { ...place } },
          body,
        }),
      ),
    onSuccess: () => kept.invalidateQueries({ queryKey: keys.jobs }),
  });
}

/** Say what an ingest into an inference set would do; nothing is stored. */
export const useDryRunInferences = (place: Place) =>
  useMutation({
    mutationFn: ({ name, ...body }: InferenceIngest & { name: string }) =>
      answer(
        client.POST("/api/v1/projects/{project}/datasets/{dataset}/inference-sets/{name}/ingest/dry-run", {
          params: { path: { ...place, name } },
          body,
        }),
      ),
  });

/** Read an upload into an inference set; follow the job with `useJob`. */
export function useIngestInferences(place: Place) {
  const kept = useQueryClient();
  return useMutation({
    mutationFn: ({ name, ...body }: InferenceIngest & { name: string }) =>
      answer(
        client.POST("/api/v1/projects/{project}/datasets/{dataset}/inference-sets/{name}/ingest", {
          params: { path: { ...place, name } },
          body,
        }),
      ),
    onSuccess: () => kept.invalidateQueries({ queryKey: keys.jobs }),
  });
}
