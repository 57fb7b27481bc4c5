/** One score: the number, its interval as a bar with the target's mark, its verdicts and Δ. */

import type { ReactNode } from "react";
import { formatDelta, formatInterval, formatScore } from "@/core/numbers";
import { VERDICTS, type VerdictName } from "@/core/verdicts";
import classes from "./ScoreCell.module.css";
import { VerdictMark } from "./VerdictMark";

/** What a cell shows: the parts of a matrix row it needs. */
export interface Score {
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly target?: number | null;
  readonly target_verdict?: VerdictName | null;
  readonly delta?: number | null;
  readonly delta_low?: number | null;
  readonly delta_high?: number | null;
  readonly baseline_verdict?: VerdictName | null;
  readonly small?: boolean;
  readonly reason?: string;
}

/** The score; `children` replaces the number, for instance by a link. */
export interface ScoreCellProps {
  readonly score: Score;
  readonly children?: ReactNode;
  /** The scale of the bar; the same for all cells that are compared. */
  readonly from?: number;
  readonly to?: number;
}

/** One score. */
export function ScoreCell({ score, children, from = 0, to = 1 }: ScoreCellProps) {
  const { baseline_verdict: against, target_verdict: verdict } = score;
  return (
    <div className={classes.cell} title={describeScore(score)}>
      <div className={classes.line}>
        <span className={classes.value}>{children ?? formatScore(score.value)}</span>
        {score.small && score.value !== null ? <span className={classes.small}>few</span> : null}
        {verdict ? <VerdictMark verdict={verdict} shapeOnly /> : null}
        {against ? (
          <span className={classes.delta} data-tone={VERDICTS[against].tone}>
            <VerdictMark verdict={against} shapeOnly />
            {score.delta === null || score.delta === undefined ? null : formatDelta(score.delta)}
          </span>
        ) : null}
      </div>
      <IntervalBar score={score} from={from} to={to} />
    </div>
  );
}

/** The interval as a bar, the value as a tick, the target as a mark. */
export function IntervalBar({ score, from = 0, to = 1 }: { score: Score; from?: number; to?: number }) {
  const place = (value: number) => Math.min(100, Math.max(0, ((value - from) / (to - from)) * 100));
  const { value, low, high, target } = score;
  if (value === null) return <svg className={classes.bar} aria-hidden="true" />;
  return (
    <svg className={classes.bar} aria-hidden="true">
      <line className={classes.rail} x1="0" x2="100%" y1="50%" y2="50%" />
      {low !== null && high !== null ? (
        <rect
          className={classes.interval}
          x={`${place(low)}%`}
          width={`${place(high) - place(low)}%`}
          y="2"
          height="4"
        />
      ) : null}
      <rect className={classes.tick} x={`calc(${place(value)}% - 1px)`} width="2" y="0" height="8" />
      {target !== null && target !== undefined ? (
        <rect
          className={classes.target}
          data-tone={score.target_verdict ? VERDICTS[score.target_verdict].tone : "quiet"}
          x={`calc(${place(target)}% - 1px)`}
          width="2"
          y="0"
          height="8"
        />
      ) : null}
    </svg>
  );
}

/** All of a score in words, for tooltips and screen readers. */
export function describeScore(score: Score): string {
  const parts = [formatScore(score.value)];
  if (score.low !== null && score.high !== null)
    parts.push(`95% interval ${formatInterval(score.low, score.high)}`);
  if (score.target !== null && score.target !== undefined) {
    const verdict = score.target_verdict ? `: ${VERDICTS[score.target_verdict].word}` : "";
    parts.push(`target ${formatScore(score.target)}${verdict}`);
  }
  if (score.baseline_verdict) {
    const { delta_low: low, delta_high: high } = score;
    const interval =
      low !== null && low !== undefined && high !== null && high !== undefined
        ? ` (${formatDelta(low)} to ${formatDelta(high)})`
        : "";
    parts.push(`${VERDICTS[score.baseline_verdict].word} ${formatDelta(score.delta)}${interval}`);
  }
  if (score.small) parts.push("few groups or labels: read with care");
  if (score.reason) parts.push(score.reason);
  return parts.join(" · ");
}
