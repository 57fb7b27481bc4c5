/** Numbers: matrix, report, curves, outcomes, flips, COCO summary, gate. */

import {
  keepPreviousData,
  queryOptions,
  useInfiniteQuery,
  useMutation,
  useQuery,
} from "@tanstack/react-query";
import type { Place } from "@/core/paths";
import type { SegmentType } from "@/core/segments";
import type { VerdictName } from "@/core/verdicts";
import { answer, client } from "./client";
import { keys } from "./keys";
import type { GateRequest, MatrixRequest, ReportRequest } from "./types";

const ROOT = "/api/v1/projects/{project}/datasets/{dataset}";

/** Sliders ask often and briefly. */
const KEEP = { placeholderData: keepPreviousData, gcTime: 60_000 };

export const matrixOptions = (place: Place, request: MatrixRequest) =>
  queryOptions({
    queryKey: keys.within(place, "matrix", request),
    queryFn: ({ signal }) =>
      answer(client.POST(`${ROOT}/matrix`, { params: { path: { ...place } }, body: request, signal })),
  });

/** Every segment × every inference set × every metric; `statistics: false` while a slider moves. */
export const useMatrix = (place: Place, request: MatrixRequest, { enabled = true } = {}) =>
  useQuery({ ...matrixOptions(place, request), ...KEEP, enabled });

/** One inference set on one segment (absent: All Frames) at one operating point (absent: its own). */
export interface EvaluationRequest {
  readonly inferenceSet: string;
  readonly segment?: string | undefined;
  readonly confidence?: number | undefined;
  readonly iou?: number | undefined;
}

const evaluationQuery = ({ inferenceSet, segment, confidence, iou }: EvaluationRequest) => ({
  inference_set: inferenceSet,
  segment: segment ?? null,
  confidence: confidence ?? null,
  iou: iou ?? null,
});

/** Per class and averaged scores with the confusion matrix; `intervals` take longer. */
export const useReport = (
  place: Place,
  request: EvaluationRequest & { readonly intervals?: boolean },
  { enabled = true } = {},
) =>
  useQuery({
    queryKey: keys.within(place, "report", request),
    queryFn: ({ signal }) =>
      answer(
        client.GET(`${ROOT}/report`, {
          params: {
            path: { ...place },
            query: { ...evaluationQuery(request), intervals: request.intervals ?? false },
          },
          signal,
        }),
      ),
    ...KEEP,
    enabled,
  });

/** The report of one inference set on frames that are no segment yet. */
export const useSelectionReport = (place: Place, request: ReportRequest, { enabled = true } = {}) =>
  useQuery({
    queryKey: keys.within(place, "selection-report", request),
    queryFn: ({ signal }) =>
      answer(client.POST(`${ROOT}/report`, { params: { path: { ...place } }, body: request, signal })),
    enabled,
  });

/** Precision-recall and confidence curves, calibration, IoU of matches. */
export const useCurves = (place: Place, request: EvaluationRequest, { enabled = true } = {}) =>
  useQuery({
    queryKey: keys.within(place, "curves", request.inferenceSet, request.segment, request.iou),
    queryFn: ({ signal }) =>
      answer(
        client.GET(`${ROOT}/curves`, {
          params: {
            path: { ...place },
            query: {
              inference_set: request.inferenceSet,
              segment: request.segment ?? null,
              iou: request.iou ?? null,
            },
          },
          signal,
        }),
      ),
    ...KEEP,
    enabled,
  });

/** The twelve numbers of pycocotools. */
export const useCoco = (place: Place, inferenceSet: string, segment?: string, { enabled = true } = {}) =>
  useQuery({
    queryKey: keys.within(place, "coco", inferenceSet, segment),
    queryFn: ({ signal }) =>
      answer(
        client.GET(`${ROOT}/coco`, {
          params: { path: { ...place }, query: { inference_set: inferenceSet, segment: segment ?? null } },
          signal,
        }),
      ),
    enabled,
  });

/** One outcome: a cell of the confusion matrix with its frame. */
export interface Outcome {
  readonly frame_id: string;
  readonly truth: string;
  readonly predicted: string;
  readonly weight: number;
  readonly confidence: number | null;
  readonly iou: number | null;
  readonly label_id: string | null;
  readonly inference_id: string | null;
  readonly kind: string;
}

/** The outcomes behind a number. */
export interface OutcomesRequest extends EvaluationRequest {
  readonly truth?: string | undefined;
  readonly predicted?: string | undefined;
  readonly kind?: string | undefined;
  readonly query?: string | undefined;
  /** A condition on each outcome, as inside `outcome(…)`. */
  readonly where?: string | undefined;
  readonly sort?: string | undefined;
}

/** Pages of outcomes. */
export const useOutcomes = (place: Place, request: OutcomesRequest, { limit = 200, enabled = true } = {}) =>
  useInfiniteQuery({
    queryKey: keys.within(place, "outcomes", request, limit),
    queryFn: async ({ pageParam, signal }) => {
      const found = await answer(
        client.GET(`${ROOT}/outcomes`, {
          params: {
            path: { ...place },
            query: {
              ...evaluationQuery(request),
              truth: request.truth ?? null,
              predicted: request.predicted ?? null,
              kind: request.kind ?? null,
              query: request.query ?? null,
              where: request.where || null,
              sort: request.sort ?? null,
              limit,
              cursor: pageParam,
            },
          },
          signal,
        }),
      );
      return { ...found, items: found.items as unknown as readonly Outcome[] };
    },
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next_cursor,
    placeholderData: keepPreviousData,
    enabled,
  });

/** Two inference sets on the same frames. */
export interface FlipsRequest {
  readonly baseline: string;
  readonly candidate: string;
  readonly segment?: string | undefined;
  readonly confidence?: number | undefined;
  readonly iou?: number | undefined;
}

/** The frames one set got right and the other wrong. */
export const useFlips = (place: Place, request: FlipsRequest, { enabled = true } = {}) =>
  useQuery({
    queryKey: keys.within(place, "flips", request),
    queryFn: ({ signal }) =>
      answer(
        client.GET(`${ROOT}/flips`, {
          params: {
            path: { ...place },
            query: {
              baseline: request.baseline,
              candidate: request.candidate,
              segment: request.segment ?? null,
              confidence: request.confidence ?? null,
              iou: request.iou ?? null,
            },
          },
          signal,
        }),
      ),
    ...KEEP,
    enabled,
  });

/** One check of a gate, with its numbers. */
export interface GateRow {
  readonly segment: string;
  readonly segment_type: SegmentType;
  readonly segment_version: number | null;
  readonly kind: "target" | "baseline";
  readonly metric: string;
  readonly average: string;
  readonly class_name: string | null;
  readonly tier: "critical" | "supporting" | "advisory";
  readonly demand: string;
  readonly outcome: "pass" | "fail" | "inconclusive" | "not_evaluable";
  readonly effect: "rejects" | "withholds" | "waived" | "reported" | "holds";
  readonly verdict: VerdictName;
  /** The finding in words, without a full stop. */
  readonly sentence: string;
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly target: number | null;
  readonly baseline_value: number | null;
  readonly delta: number | null;
  readonly delta_low: number | null;
  readonly delta_high: number | null;
  readonly margin: number | null;
  readonly p: number | null;
  /** After Holm's correction; null for checks that cannot decide. */
  readonly p_adjusted: number | null;
  readonly coverage: number | null;
  readonly n_frames: number;
  readonly n_labels: number;
  readonly is_small: boolean;
  readonly waiver: { readonly reason: string; readonly expires: string; readonly approved_by: string } | null;
}

/** The answer of a gate: may the candidate ship? */
export interface GateReport {
  readonly passed: boolean | null;
  readonly reason: string;
  readonly candidate: string;
  readonly baseline: string | null;
  readonly policy: string;
  readonly decided_on: string;
  /** Level of the corrected tests, and how many comparisons the correction is for. */
  readonly alpha: number;
  readonly n_comparisons: number;
  readonly rows: readonly GateRow[];
  readonly notes: readonly string[];
}

/** Judge a candidate by a policy (absent: the default policy). */
export const useGate = (place: Place, request: GateRequest, { enabled = true } = {}) =>
  useQuery({
    queryKey: keys.within(place, "gate", request),
    queryFn: async ({ signal }) =>
      (await answer(
        client.POST(`${ROOT}/gate`, { params: { path: { ...place } }, body: request, signal }),
      )) as unknown as GateReport,
    enabled,
  });

/** Judge on demand: for a policy that is being written. */
export const useRunGate = (place: Place) =>
  useMutation({
    mutationFn: async (request: GateRequest) =>
      (await answer(
        client.POST(`${ROOT}/gate`, { params: { path: { ...place } }, body: request }),
      )) as unknown as GateReport,
  });
