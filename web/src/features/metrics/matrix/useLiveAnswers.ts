/** Answers that keep up with sliders: values at once, intervals and verdicts when the thresholds rest. */

import { useDebouncedValue } from "@mantine/hooks";
import { useQueries } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import { matrixOptions } from "@/api/numbers";
import type { MatrixBody, MatrixRequest } from "@/api/types";
import type { Place } from "@/core/paths";

/** How long values must have been shown before their intervals are asked for. */
const REST_MS = 250;

/** One answer and what it is worth. */
export interface LiveAnswer {
  readonly body: MatrixBody;
  readonly hasStatistics: boolean;
  /** Whether it is for the thresholds of this moment. */
  readonly isFresh: boolean;
}

/** The answers to all requests. */
export interface LiveAnswers {
  /** In the order of the requests; absent until the first answer. */
  readonly answers: readonly (LiveAnswer | undefined)[];
  readonly error: Error | null;
  /** Intervals and verdicts are on their way. */
  readonly isUpdating: boolean;
  readonly retry: () => void;
}

/**
 * Ask for matrices while thresholds move.
 *
 * One request for values is under way at a time and the newest thresholds are asked for next, so that a slider
 * that never rests still shows numbers. What is shown is never of other thresholds without saying so.
 */
export function useLiveAnswers(
  place: Place,
  requests: readonly MatrixRequest[],
  isMoving: boolean,
): LiveAnswers {
  const key = JSON.stringify(requests);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key is the content of the requests
  const present = useMemo(() => requests, [key]);
  const [asked, setAsked] = useState(present);
  // Intervals keep all cores of the server busy: the values that are there are painted first.
  const [arrived, setArrived] = useState(present);
  const [rested] = useDebouncedValue(arrived, REST_MS);
  const isResting = rested === present && !isMoving;

  const full = useQueries({
    queries: rested.map((request) => ({
      ...matrixOptions(place, { ...request, statistics: true }),
      enabled: isResting,
    })),
  });
  const values = useQueries({
    queries: asked.map((request, index) => ({
      ...matrixOptions(place, { ...request, statistics: false }),
      gcTime: 60_000,
      enabled: !(asked === rested && full[index]?.data),
    })),
  });
  const isAsking = values.some((query) => query.isFetching);
  useEffect(() => {
    if (!isAsking && asked !== present) setAsked(present);
    else if (!isAsking) setArrived(present);
  }, [isAsking, asked, present]);

  const last = useRef<readonly (LiveAnswer | undefined)[]>([]);
  const answers = present.map((_, index): LiveAnswer | undefined => {
    const complete = rested === present ? full[index]?.data : undefined;
    if (complete) return { body: complete, hasStatistics: true, isFresh: true };
    const quick = values[index]?.data;
    if (quick) return { body: quick, hasStatistics: false, isFresh: asked === present };
    const before = last.current[index];
    return before && { ...before, hasStatistics: false, isFresh: false };
  });
  useEffect(() => {
    last.current = answers;
  });
  const failed = [...full, ...values].filter((query) => query.error);
  return {
    answers,
    error: failed[0]?.error ?? null,
    isUpdating: answers.some((answer) => answer && !answer.hasStatistics),
    retry: () => {
      for (const query of failed) void query.refetch();
    },
  };
}
