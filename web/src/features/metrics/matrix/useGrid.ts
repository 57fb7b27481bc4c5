/** The rows of the matrix, live. */

import { useMemo } from "react";
import { useSegments } from "@/api/segments";
import type { MatrixBody, SegmentBody } from "@/api/types";
import { segmentType } from "@/core/segments";
import { useChosenSets } from "@/state/chosenSets";
import { useOperatingPoint } from "@/state/operatingPoint";
import { usePlace } from "@/state/place";
import { useView } from "@/state/view";
import { useSetInFocus } from "../useLooking";
import { useMeasure } from "../useMeasure";
import { type GridRow, gridRows } from "./grid";
import { matrixRequests } from "./requests";
import { useLiveAnswers } from "./useLiveAnswers";

const NO_SEGMENTS: readonly SegmentBody[] = [];

/** The matrix as it can be shown now. */
export interface Grid {
  readonly rows: readonly GridRow[];
  readonly segments: readonly SegmentBody[];
  /** What holds for all rows; absent until the first answer. */
  readonly about:
    | Pick<MatrixBody, "matching" | "group_field" | "notes" | "dataset_version" | "baseline">
    | undefined;
  /** Whether the values are for the thresholds of this moment. */
  readonly isFresh: boolean;
  /** Whether intervals and verdicts are shown. */
  readonly hasStatistics: boolean;
  readonly isUpdating: boolean;
  readonly error: Error | null;
  readonly retry: () => void;
}

/** Ask for what the address is about. */
export function useGrid(): Grid {
  const place = usePlace();
  const { names, baseline } = useChosenSets();
  const { metric, average, className } = useMeasure();
  const { confidence, iou, isMoving } = useOperatingPoint();
  const { q: query } = useView();
  const [querySet] = useSetInFocus();
  const { data: all = NO_SEGMENTS } = useSegments(place);
  const segments = useMemo(
    () =>
      all
        .filter((segment) => segmentType(segment.type).isModelPerformance && segment.elements === "frames")
        .map((segment) => (query ? { ...segment, targets: [] } : segment)),
    [all, query],
  );
  const asked = useMemo(
    () =>
      matrixRequests({
        sets: names,
        baseline,
        confidence,
        iou,
        metric,
        average,
        className,
        segments,
        query,
        querySet,
      }),
    [names, baseline, confidence, iou, metric, average, className, segments, query, querySet],
  );
  const requests = useMemo(() => asked.map((entry) => entry.request), [asked]);
  const live = useLiveAnswers(place, requests, isMoving);
  const [main, ...rest] = live.answers;
  const others = new Map(
    rest.flatMap((answer, index) => (answer ? [[asked[index + 1]?.key ?? "", answer] as const] : [])),
  );
  return {
    rows: main ? gridRows({ main, others, segments, sets: names, metric }) : [],
    segments,
    about: main?.body,
    isFresh: main?.isFresh ?? false,
    hasStatistics: main?.hasStatistics ?? false,
    isUpdating: live.isUpdating,
    error: live.error,
    retry: live.retry,
  };
}
