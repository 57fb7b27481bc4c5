/** Keys of kept answers: what lies below a key goes stale with it. */

import type { Place } from "@/core/paths";

export const keys = {
  projects: ["projects"] as const,
  jobs: ["jobs"] as const,
  session: ["session"] as const,
  tokens: ["tokens"] as const,
  project: (project: string) => ["projects", project] as const,
  dataset: ({ project, dataset }: Place) => ["projects", project, "datasets", dataset] as const,
  /** What depends on frames, labels, inferences or segments: pages, counts, scores. */
  within: (place: Place, kind: string, ...rest: readonly unknown[]) => [
    ...keys.dataset(place),
    kind,
    ...rest,
  ],
};
