/** The inference sets under comparison. */

import { useMemo } from "react";
import { useInferenceSets } from "@/api/inferenceSets";
import type { InferenceSetBody } from "@/api/types";
import { usePlace } from "./place";
import { useSetView, useView } from "./view";

const NONE: readonly InferenceSetBody[] = [];

/** The inference sets of a view. */
export interface ChosenSets {
  /** All of the dataset, in order of upload. */
  readonly all: readonly InferenceSetBody[];
  /** Those of the address, else all; in order of upload. */
  readonly chosen: readonly InferenceSetBody[];
  readonly names: readonly string[];
  /** The set others are compared with: that of the address, else the oldest; none where there is one set. */
  readonly baseline: string | undefined;
  /** The set to look at first: the newest chosen one. */
  readonly newest: string | undefined;
  readonly isLoading: boolean;
  readonly choose: (names: readonly string[]) => void;
  readonly setBaseline: (name: string) => void;
}

/** Read and change the inference sets of the view. */
export function useChosenSets(): ChosenSets {
  const view = useView();
  const setView = useSetView();
  const { data: all = NONE, isLoading } = useInferenceSets(usePlace());
  return useMemo(() => {
    const asked = all.filter((set) => view.sets?.includes(set.name));
    const chosen = asked.length ? asked : all;
    const marked = all.find((set) => set.name === view.baseline) ?? (all.length > 1 ? all[0] : undefined);
    return {
      all,
      chosen,
      names: chosen.map((set) => set.name),
      baseline: marked?.name,
      newest: chosen.at(-1)?.name,
      isLoading,
      choose: (names) =>
        setView({ sets: names.length && names.length < all.length ? [...names] : undefined }),
      setBaseline: (name) => setView({ baseline: name }),
    };
  }, [all, view.sets, view.baseline, isLoading, setView]);
}
