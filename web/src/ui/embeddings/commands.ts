/** The same on the command line. */

import type { Place } from "@/core/paths";
import type { ElementKind } from "@/core/selection";

/** The descriptor of the extra `shoal[embed]`; the ids of its versions begin with it. */
export const DEFAULT_MODEL = "efficientnet-lite0";

/** The space that the page computes where there is none. */
export const DEFAULT_SPACE = DEFAULT_MODEL;

/** The command that computes vectors with the default descriptor. */
export function computeCommand(
  { project, dataset }: Place,
  elements: ElementKind,
  inferenceSet?: string,
): string {
  return [
    `shoal embeddings compute ${DEFAULT_SPACE}`,
    `--dataset ${dataset}`,
    `--project ${project}`,
    ...(elements === "frames" ? [] : [`--elements ${elements}`]),
    ...(inferenceSet === undefined ? [] : [`--inference-set ${inferenceSet}`]),
  ].join(" ");
}
