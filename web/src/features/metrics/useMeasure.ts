/** What is scored: a metric over classes, or of one class; kept in the address. */

import { useMemo } from "react";
import type { Average, Metric } from "@/core/url";
import { useSetView, useView } from "@/state/view";

/** The measure and how to change it. */
export interface ChosenMeasure {
  readonly metric: Metric;
  readonly average: Average;
  readonly className: string | undefined;
  readonly setMetric: (metric: Metric) => void;
  /** An average over classes. */
  readonly setAverage: (average: Exclude<Average, "class">) => void;
  readonly setClass: (name: string) => void;
}

/** Read and change the measure. */
export function useMeasure(): ChosenMeasure {
  const { metric = "f1", average, class: className } = useView();
  const setView = useSetView();
  return useMemo(
    () => ({
      metric,
      average: className ? "class" : average && average !== "class" ? average : "weighted",
      className,
      setMetric: (next) => setView({ metric: next === "f1" ? undefined : next }),
      setAverage: (next) => setView({ average: next === "weighted" ? undefined : next, class: undefined }),
      setClass: (name) => setView({ average: undefined, class: name }),
    }),
    [metric, average, className, setView],
  );
}
