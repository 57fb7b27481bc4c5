/** Reading curves over falling or rising confidence. */

import type { CurveBody } from "@/api/types";

/** A point on a curve. */
export interface CurvePoint {
  readonly confidence: number;
  readonly precision: number | null;
  readonly recall: number | null;
  readonly f1: number | null;
}

/** The curve's point at a threshold: the lowest stored confidence that is not below it. */
export function pointAt(curve: CurveBody, confidence: number): CurvePoint | undefined {
  let best = -1;
  curve.confidence.forEach((value, index) => {
    if (value < confidence - 1e-9) return;
    if (best < 0 || value < (curve.confidence[best] ?? Number.POSITIVE_INFINITY)) best = index;
  });
  return best < 0 ? undefined : at(curve, best);
}

/** The stored point nearest to a place in the precision-recall plane. */
export function nearestPoint(curve: CurveBody, recall: number, precision: number): CurvePoint | undefined {
  let best = -1;
  let least = Number.POSITIVE_INFINITY;
  curve.confidence.forEach((_, index) => {
    const r = curve.recall[index];
    const p = curve.precision[index];
    if (r == null || p == null) return;
    const distance = (r - recall) ** 2 + (p - precision) ** 2;
    if (distance < least) {
      least = distance;
      best = index;
    }
  });
  return best < 0 ? undefined : at(curve, best);
}

function at(curve: CurveBody, index: number): CurvePoint {
  return {
    confidence: curve.confidence[index] ?? 0,
    precision: curve.precision[index] ?? null,
    recall: curve.recall[index] ?? null,
    f1: curve.f1[index] ?? null,
  };
}

/** A threshold on the grid sliders use. */
export const onSliderGrid = (confidence: number): number =>
  Math.round(Math.min(1, Math.max(0, confidence)) * 100) / 100;

/** SVG path through points; undefined values leave a gap. */
export function linePath(points: readonly (readonly [number | null, number | null])[]): string {
  let isDrawing = false;
  let path = "";
  for (const [x, y] of points) {
    if (x === null || y === null) {
      isDrawing = false;
      continue;
    }
    path += `${isDrawing ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`;
    isDrawing = true;
  }
  return path;
}
