/** Jobs in the words people read. */

import type { JobBody } from "@/api/types";
import { countOf, formatCount } from "@/core/numbers";

const KINDS: Readonly<Record<string, string>> = {
  ingest_aquarium_dataset: "Read a dataset (aquariumlearning)",
  ingest_aquarium_embeddings: "Read vectors (aquariumlearning)",
  ingest_aquarium_inferences: "Read an inference set (aquariumlearning)",
  ingest_dataset: "Read a dataset",
  ingest_inferences: "Read an inference set",
  ingest_embeddings: "Read vectors",
  compute_embeddings: "Compute vectors",
  project_embeddings: "Lay out a map",
  find_duplicates: "Look for near-duplicates",
  index_embeddings: "Sort vectors into cells",
  score: "Score segments",
};

/** What a job does. */
export function jobTitle(kind: string): string {
  return KINDS[kind] ?? sentence(kind.replaceAll("_", " "));
}

/** What a job is about, and what it brought. */
export function jobResult(job: JobBody): string {
  const result = job.result ?? {};
  const about = textOf(result.inference_set) || textOf(result.space) || textOf(result.dataset);
  const counts = (
    [
      ["n_frames", "frame"],
      ["n_labels", "label"],
      ["n_inferences", "inference"],
      ["n_covered", "frame covered", "frames covered"],
      ["n_inference_sets", "inference set"],
      ["n_vectors", "vector"],
      ["n_computed", "vector"],
      ["n_points", "point"],
      ["n_pairs", "pair"],
    ] as const
  ).flatMap(([name, noun, plural]) => {
    const n = result[name];
    return typeof n === "number" ? [countOf(n, noun, plural)] : [];
  });
  return [about, counts.join(", ")].filter(Boolean).join(": ");
}

/** What a job wants to be known: left-out columns, odd values. */
export function jobNotes(job: JobBody): readonly string[] {
  const notes = job.result?.notes;
  return Array.isArray(notes) ? notes.filter((note) => typeof note === "string") : [];
}

/** What went wrong in short: rows at fault are listed by themselves. */
export function headOf(problem: { readonly detail: string; readonly problems: readonly unknown[] }): string {
  return problem.problems.length ? (problem.detail.split("\n", 1)[0] ?? "") : problem.detail;
}

/** `3rd attempt`, or nothing at the first. */
export function attemptWords(attempts: number): string {
  if (attempts < 2) return "";
  const last = attempts % 10;
  const isTeen = attempts % 100 > 10 && attempts % 100 < 14;
  const suffix = isTeen ? "th" : (["th", "st", "nd", "rd"][last] ?? "th");
  return `${formatCount(attempts)}${suffix} attempt`;
}

/** How long a job ran or has been running, in seconds; `null` before its start. */
export function jobSeconds(job: JobBody, now: Date = new Date()): number | null {
  if (!job.started_at) return null;
  const end = job.finished_at ? new Date(job.finished_at) : now;
  return Math.max(0, (end.getTime() - new Date(job.started_at).getTime()) / 1000);
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
