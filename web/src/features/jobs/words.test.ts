import { expect, it } from "vitest";
import type { JobBody } from "@/api/types";
import { attemptWords, headOf, jobNotes, jobResult, jobSeconds, jobTitle } from "./words";

const job = (change: Partial<JobBody>) =>
  ({ result: null, started_at: null, finished_at: null, ...change }) as JobBody;

it("says what a job did", () => {
  expect(jobTitle("ingest_dataset")).toBe("Read a dataset");
  expect(jobTitle("build_something")).toBe("Build something");
  expect(jobResult(job({ result: { inference_set: "v1", n_inferences: 1200, n_covered: 1 } }))).toBe(
    "v1: 1,200 inferences, 1 frame covered",
  );
  expect(jobResult(job({ result: { space: "clip", n_vectors: 1200 } }))).toBe("clip: 1,200 vectors");
  expect(jobResult(job({}))).toBe("");
  expect(jobNotes(job({ result: { notes: ["one", 2] } }))).toEqual(["one"]);
});

it("counts attempts and time", () => {
  expect([1, 2, 3, 4, 11, 22].map(attemptWords)).toEqual([
    "",
    "2nd attempt",
    "3rd attempt",
    "4th attempt",
    "11th attempt",
    "22nd attempt",
  ]);
  expect(jobSeconds(job({}))).toBeNull();
  const started_at = "2026-01-01T00:00:00Z";
  expect(jobSeconds(job({ started_at, finished_at: "2026-01-01T00:00:02Z" }))).toBe(2);
  expect(jobSeconds(job({ started_at }), new Date("2026-01-01T00:01:00Z"))).toBe(60);
});

it("leaves rows at fault out of the head of a problem", () => {
  expect(headOf({ detail: "1 problem; nothing was stored.\na.csv: line 2", problems: [{}] })).toBe(
    "1 problem; nothing was stored.",
  );
  expect(headOf({ detail: "two\nlines", problems: [] })).toBe("two\nlines");
});
