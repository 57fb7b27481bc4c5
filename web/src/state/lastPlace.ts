/** The dataset visited last: where the left bar leads from pages without one. */

import { useEffect, useMemo } from "react";
import type { Place } from "@/core/paths";
import { useMaybePlace } from "./place";
import { readStored, useStoredText, writeStored } from "./stored";

const KEY = "place";

const isPlace = (value: unknown): value is Place =>
  typeof value === "object" &&
  value !== null &&
  "project" in value &&
  "dataset" in value &&
  typeof value.project === "string" &&
  typeof value.dataset === "string";

/** The dataset of the page, else the one visited last. */
export function usePresentOrLastPlace(): Place | null {
  const present = useMaybePlace();
  const text = useStoredText(KEY);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text tells that the place changed
  const last = useMemo(() => readStored(KEY, isPlace) ?? null, [text]);
  const { project, dataset } = present ?? {};
  useEffect(() => {
    if (project !== undefined && dataset !== undefined) writeStored(KEY, { project, dataset });
  }, [project, dataset]);
  return present ?? last;
}
