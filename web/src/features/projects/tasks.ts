/** Tasks in the words people read. */

import type { ProjectBody } from "@/api/types";

export const TASK_WORDS: Readonly<Record<ProjectBody["task"], string>> = {
  object_detection: "Object detection",
  classification: "Classification",
  binary_classification: "Binary classification",
};

/** How inferences and labels of a frame are paired. */
export const MATCHING_WORDS: Readonly<Record<ProjectBody["matching"], string>> = {
  "class-first": "class-first",
  global: "global",
};
