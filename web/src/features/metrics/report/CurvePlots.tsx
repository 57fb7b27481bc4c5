/** Precision against recall, and F1 against the threshold, with the operating point to drag. */

import type { KeyboardEvent } from "react";
import type { CurveBody } from "@/api/types";
import { formatScore, formatThreshold } from "@/core/numbers";
import { type CurvePoint, linePath, nearestPoint, pointAt } from "./curves";
import { Plot } from "./Plot";
import classes from "./Plot.module.css";

/** A curve of one inference set. */
export interface ShownCurve {
  readonly set: string;
  readonly curve: CurveBody;
  readonly colour: string;
  /** The threshold in force. */
  readonly confidence: number;
}

interface CurvePlotProps {
  readonly shown: readonly ShownCurve[];
  readonly onDrag: (confidence: number, phase: "move" | "end") => void;
}

/** Precision against recall. */
export function PrecisionRecall({ shown, onDrag }: CurvePlotProps) {
  const first = shown[0];
  return (
    <Plot
      label="Precision against recall; drag to choose the operating point"
      xLabel="Recall"
      yLabel="Precision"
      onDrag={(recall, precision, phase) => {
        const point = first && nearestPoint(first.curve, recall, precision);
        if (point) onDrag(point.confidence, phase);
      }}
    >
      {({ x, y }) =>
        shown.map((one, index) => {
          const { curve, colour } = one;
          const points = curve.confidence.map((_, i) => scaled(curve.recall[i], curve.precision[i], x, y));
          const at = pointAt(curve, one.confidence);
          return (
            <g key={one.set}>
              <path className={lineClass(index)} d={linePath(points)} stroke={colour} />
              {at && at.recall !== null && at.precision !== null ? (
                <Marker
                  one={one}
                  at={at}
                  cx={x(at.recall)}
                  cy={y(at.precision)}
                  name="precision-recall curve"
                  onDrag={onDrag}
                />
              ) : null}
            </g>
          );
        })
      }
    </Plot>
  );
}

/** F1 against the confidence threshold. */
export function F1Curves({ shown, onDrag }: CurvePlotProps) {
  return (
    <Plot
      label="F1 against the confidence threshold; drag to choose the operating point"
      xLabel="Confidence threshold"
      yLabel="F1"
      onDrag={(confidence, _, phase) => onDrag(confidence, phase)}
    >
      {({ x, y, height }) =>
        shown.map((one, index) => {
          const { curve, colour, confidence } = one;
          const points = curve.confidence.map((value, i) => scaled(value, curve.f1[i], x, y));
          const at = pointAt(curve, confidence);
          return (
            <g key={one.set}>
              <line className={classes.guide} x1={x(confidence)} x2={x(confidence)} y1={8} y2={height - 32} />
              <path className={lineClass(index)} d={linePath(points)} stroke={colour} />
              {at && at.f1 !== null ? (
                <Marker one={one} at={at} cx={x(confidence)} cy={y(at.f1)} name="F1 curve" onDrag={onDrag} />
              ) : null}
            </g>
          );
        })
      }
    </Plot>
  );
}

const lineClass = (index: number) => (index ? `${classes.line} ${classes.dashed}` : classes.line);

function scaled(
  a: number | null | undefined,
  b: number | null | undefined,
  x: (value: number) => number,
  y: (value: number) => number,
): readonly [number | null, number | null] {
  return a == null || b == null ? [null, null] : [x(a), y(b)];
}

interface MarkerProps {
  readonly one: ShownCurve;
  readonly at: CurvePoint;
  readonly cx: number;
  readonly cy: number;
  readonly name: string;
  readonly onDrag: CurvePlotProps["onDrag"];
}

const STEP = 0.01;

/** The operating point: dragged by mouse, moved by arrows. */
function Marker({ one, at, cx, cy, name, onDrag }: MarkerProps) {
  const words = `${one.set}: precision ${formatScore(at.precision)}, recall ${formatScore(at.recall)}, F1 ${formatScore(at.f1)}`;
  const move = (event: KeyboardEvent) => {
    const direction = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[event.key];
    if (!direction) return;
    event.preventDefault();
    onDrag(one.confidence + direction * STEP, "end");
  };
  return (
    <circle
      className={classes.marker}
      cx={cx}
      cy={cy}
      r={6}
      fill={one.colour}
      role="slider"
      tabIndex={0}
      aria-label={`Operating point of ${one.set} on the ${name}`}
      aria-valuemin={0}
      aria-valuemax={1}
      aria-valuenow={one.confidence}
      aria-valuetext={`confidence ${formatThreshold(one.confidence)}; ${words}`}
      onKeyDown={move}
    >
      <title>{`confidence ${formatThreshold(one.confidence)}\n${words}`}</title>
    </circle>
  );
}
