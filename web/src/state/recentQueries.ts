/** Queries asked before, newest first, per dataset. */

import { useCallback, useMemo } from "react";
import type { Place } from "@/core/paths";
import { readStored, useStoredText, writeStored } from "./stored";

const KEPT = 20;

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((text) => typeof text === "string");

/** Read and add to the queries asked before. */
export function useRecentQueries(place: Place): readonly [readonly string[], (query: string) => void] {
  const key = `queries.${place.project}.${place.dataset}`;
  const text = useStoredText(key);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text tells that the list changed
  const queries = useMemo(() => readStored(key, isTexts) ?? [], [key, text]);
  const add = useCallback(
    (query: string) => {
      const trimmed = query.trim();
      if (!trimmed) return;
      const others = (readStored(key, isTexts) ?? []).filter((other) => other !== trimmed);
      writeStored(key, [trimmed, ...others].slice(0, KEPT));
    },
    [key],
  );
  return [queries, add];
}
