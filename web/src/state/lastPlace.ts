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
  return present ?? last;
}

/** Remember the dataset of the page once it is known to exist. */
export function useRememberPlace({ project, dataset }: Place, exists: boolean): void {
  useEffect(() => {
    if (exists) writeStored(KEY, { project, dataset });
  }, [project, dataset, exists]);
}
