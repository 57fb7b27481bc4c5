/** The words of a gate's checks on paper. */

import type { GateReport, GateRow } from "@/api/numbers";
import { formatDelta, formatScore } from "@/core/numbers";
import type { VerdictName } from "@/core/verdicts";

/** `recall of pedestrian`, `macro F1`; the weighted average goes without saying. */
export function scoreName({
  metric,
  average,
  class_name,
}: Pick<GateRow, "metric" | "average" | "class_name">): string {
  const name = metric === "f1" ? "F1" : metric;
  if (average === "class") return `${name} of ${class_name}`;
  return average === "weighted" ? name : `${average} ${name}`;
}

/** What a check asks: `recall of pedestrian ≥ 0.58`, `F1: not regressed`. */
export function checkName(row: GateRow): string {
  return row.kind === "target" ? `${scoreName(row)} ${row.demand}` : `${scoreName(row)}: ${row.demand}`;
}

/** `0.774 [0.751, 0.796]`; it breaks, if at all, before the interval. */
export function scoreWithInterval({ value, low, high }: Pick<GateRow, "value" | "low" | "high">): string {
  return low === null || high === null
    ? formatScore(value)
    : `${formatScore(value)} [${formatScore(low)},\u00a0${formatScore(high)}]`;
}

/** `−0.033 [−0.050, −0.016]`. */
export function deltaWithInterval({
  delta,
  delta_low,
  delta_high,
}: Pick<GateRow, "delta" | "delta_low" | "delta_high">): string {
  return delta_low === null || delta_high === null
    ? formatDelta(delta)
    : `${formatDelta(delta)} [${formatDelta(delta_low)},\u00a0${formatDelta(delta_high)}]`;
}

const probability = (value: number): string => (value < 0.001 ? "<\u00a00.001" : value.toFixed(3));

/** `0.032 (0.064)`: as tested, and corrected. */
export function probabilities({ p, p_adjusted }: Pick<GateRow, "p" | "p_adjusted">): string {
  if (p === null) return "–";
  return p_adjusted === null ? probability(p) : `${probability(p)} (${probability(p_adjusted)})`;
}

/** What weakens a finding; empty when nothing does. */
export function caveats(row: GateRow): string {
  const parts: string[] = [];
  if (row.kind === "baseline" && row.verdict === "regressed" && row.outcome === "inconclusive") {
    parts.push("not significant after correction");
  }
  if (row.waiver) parts.push(`waived until ${row.waiver.expires}: ${row.waiver.reason}`);
  if (row.effect === "reported") parts.push("reported only");
  if (row.is_small) parts.push("small segment");
  return parts.join("; ");
}

/** The verdict of the gate. */
export function gateVerdict({ passed }: Pick<GateReport, "passed">): VerdictName {
  if (passed === null) return "inconclusive";
  return passed ? "pass" : "fail";
}
