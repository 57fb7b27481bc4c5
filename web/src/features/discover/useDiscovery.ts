/** What the Discover page asks for; all of it from the address. */

import { useMemo } from "react";
import { type DuplicatesAsked, useDuplicates } from "@/api/embeddings";
import type { EmbeddingSpaceBody } from "@/api/types";
import { usePlace } from "@/state/place";
import { useExtra, useView } from "@/state/view";
import { DEFAULT_DISTANCE, mostDistance, readDistance } from "./leaks";

/** Near-duplicates of different splits, or all of them. */
export type Shown = "leakage" | "all";

/** The question of the page. */
export interface Discovery {
  readonly shown: Shown;
  readonly distance: number;
  readonly setDistance: (value: number) => void;
  readonly asked: DuplicatesAsked;
  readonly found: ReturnType<typeof useDuplicates>;
}

/** Read the address and ask. */
export function useDiscovery(space: EmbeddingSpaceBody): Discovery {
  const place = usePlace();
  const { tab } = useView();
  const [text, setText] = useExtra("distance");
  const shown: Shown = tab === "all" ? "all" : "leakage";
  const distance = readDistance(text, mostDistance(space.distance));
  const asked = useMemo<DuplicatesAsked>(
    () => ({
      space: space.name,
      elements: space.elements,
      inference_set: space.inference_set,
      max_distance: distance,
      between: shown === "leakage" ? [] : null,
    }),
    [space.name, space.elements, space.inference_set, distance, shown],
  );
  const found = useDuplicates(place, asked);
  return {
    shown,
    distance,
    setDistance: (value) => setText(value === DEFAULT_DISTANCE ? undefined : String(value)),
    asked,
    found,
  };
}
