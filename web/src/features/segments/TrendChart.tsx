/** One score of all inference sets in order of upload, with intervals and target. */

import { useElementSize } from "@mantine/hooks";
import type { MatrixRow, SegmentMetrics } from "@/api/types";
import { formatScore, formatThreshold } from "@/core/numbers";
import { VERDICTS } from "@/core/verdicts";
import { describeScore } from "@/ui/ScoreCell";
import classes from "./MetricsTab.module.css";
import { rowOf, type ScoreName, scoreTitle } from "./targets";
import { scoreScale } from "./trend";

const HEIGHT = 216;
const MARGIN = { top: 20, right: 64, bottom: 44, left: 40 };
const LABEL_WIDTH_PX = 96;

/** The score shown; the baseline is named. */
export interface TrendChartProps {
  readonly metrics: SegmentMetrics;
  readonly score: ScoreName;
  readonly baseline: string | undefined;
}

/** The chart; the table below it says the same in numbers. */
export function TrendChart({ metrics, score, baseline }: TrendChartProps) {
  const { ref, width } = useElementSize();
  const points = metrics.items.map(({ inference_set }) => ({
    name: inference_set,
    row: rowOf(metrics, inference_set, score),
  }));
  const target = points.find(({ row }) => typeof row?.target === "number")?.row?.target ?? null;
  const known = points.flatMap(({ row }) => [row?.value, row?.low, row?.high]).concat(target);
  const scale = scoreScale(known.filter((value) => typeof value === "number"));
  const inner = Math.max(0, width - MARGIN.left - MARGIN.right);
  const xOf = (place: number) => MARGIN.left + ((place + 0.5) * inner) / points.length;
  const yOf = (value: number) =>
    MARGIN.top + (1 - (value - scale.from) / (scale.to - scale.from)) * (HEIGHT - MARGIN.top - MARGIN.bottom);
  const every = Math.ceil((points.length * LABEL_WIDTH_PX) / Math.max(inner, 1));
  return (
    <div ref={ref}>
      <svg className={classes.chart} role="img" aria-label={`${scoreTitle(score)} by order of upload`}>
        {scale.ticks.map((tick) => (
          <g key={tick}>
            <line
              className={classes.axis}
              x1={MARGIN.left}
              x2={width - MARGIN.right}
              y1={yOf(tick)}
              y2={yOf(tick)}
            />
            <text
              className={classes.tickLabel}
              x={MARGIN.left - 8}
              y={yOf(tick)}
              dy="0.35em"
              textAnchor="end"
            >
              {formatThreshold(tick)}
            </text>
          </g>
        ))}
        {target === null ? null : (
          <g>
            <line
              className={classes.target}
              x1={MARGIN.left}
              x2={width - MARGIN.right}
              y1={yOf(target)}
              y2={yOf(target)}
            />
            <text className={classes.lineLabel} x={width - MARGIN.right + 6} y={yOf(target)} dy="0.35em">
              target {formatThreshold(target)}
            </text>
          </g>
        )}
        <path className={classes.line} d={linePath(points, xOf, yOf)} />
        {points.map(({ name, row }, place) => (
          <Point
            key={name}
            name={name === baseline ? `${name} (baseline)` : name}
            row={row}
            x={xOf(place)}
            yOf={yOf}
            isValley={isValley(points, place)}
            isNamed={place % every === 0 || place === points.length - 1}
            width={Math.max(LABEL_WIDTH_PX, inner / points.length) - 8}
          />
        ))}
      </svg>
    </div>
  );
}

interface PointProps {
  readonly name: string;
  readonly row: MatrixRow | undefined;
  readonly x: number;
  readonly yOf: (value: number) => number;
  readonly isNamed: boolean;
  /** Lower than its neighbours: the number goes below, out of the line's way. */
  readonly isValley: boolean;
  readonly width: number;
}

function Point({ name, row, x, yOf, isNamed, isValley, width }: PointProps) {
  const label = isNamed ? (
    <text className={classes.setLabel} x={x} y={HEIGHT - 8} textAnchor="middle">
      {shortened(name, width)}
    </text>
  ) : null;
  if (!row || row.value === null) return label;
  const tone = row.target_verdict ? VERDICTS[row.target_verdict].tone : undefined;
  const hasInterval = row.low !== null && row.high !== null;
  return (
    <g>
      <title>{`${name}: ${describeScore(row)}`}</title>
      {hasInterval ? (
        <line className={classes.interval} x1={x} x2={x} y1={yOf(row.low ?? 0)} y2={yOf(row.high ?? 0)} />
      ) : null}
      <circle className={classes.dot} data-tone={tone} cx={x} cy={yOf(row.value)} r={4} />
      <text
        className={classes.value}
        x={x}
        y={isValley ? yOf(row.low ?? row.value) : yOf(row.high ?? row.value)}
        dy={isValley ? "1.5em" : "-0.8em"}
        textAnchor="middle"
      >
        {formatScore(row.value)}
      </text>
      {label}
    </g>
  );
}

function linePath(
  points: readonly { readonly row: MatrixRow | undefined }[],
  xOf: (place: number) => number,
  yOf: (value: number) => number,
): string {
  let path = "";
  let isPen = false;
  points.forEach(({ row }, place) => {
    const value = row?.value;
    if (typeof value === "number") path += `${isPen ? "L" : "M"}${xOf(place)} ${yOf(value)}`;
    isPen = typeof value === "number";
  });
  return path;
}

function isValley(points: readonly { readonly row: MatrixRow | undefined }[], place: number): boolean {
  const value = points[place]?.row?.value;
  const around = [points[place - 1]?.row?.value, points[place + 1]?.row?.value].filter(
    (one) => typeof one === "number",
  );
  return typeof value === "number" && around.length > 0 && around.every((one) => one > value);
}

function shortened(name: string, width: number): string {
  const n = Math.max(4, Math.floor(width / 6.5));
  return name.length > n ? `${name.slice(0, n - 1)}…` : name;
}
