/** A small chart: axes, grid, and whatever is drawn inside; scales are linear. */

import type { ReactNode } from "react";
import { useMemo, useRef } from "react";
import classes from "./Plot.module.css";

/** Room for the labels of the axes, pixels. */
const LEFT = 38;
const BOTTOM = 32;
const TOP = 8;
const RIGHT = 10;

/** From data to pixels and back. */
export interface Scales {
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
  readonly width: number;
  readonly height: number;
}

interface PlotProps {
  /** Read aloud instead of the drawing. */
  readonly label: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly xRange?: readonly [number, number];
  readonly yRange?: readonly [number, number];
  readonly xTicks?: readonly number[];
  readonly yTicks?: readonly number[];
  readonly formatX?: (value: number) => string;
  readonly formatY?: (value: number) => string;
  readonly width?: number;
  readonly height?: number;
  /** Called while the pointer is pressed and moves over the chart, in data units. */
  readonly onDrag?: ((x: number, y: number, phase: "move" | "end") => void) | undefined;
  readonly children: (scales: Scales) => ReactNode;
}

const UNIT: readonly [number, number] = [0, 1];
const FIFTHS: readonly number[] = [0, 0.2, 0.4, 0.6, 0.8, 1];
const plain = (value: number) => String(Number(value.toFixed(2)));

/** Draw a chart. */
export function Plot({
  label,
  xLabel,
  yLabel,
  xRange = UNIT,
  yRange = UNIT,
  xTicks = FIFTHS,
  yTicks = FIFTHS,
  formatX = plain,
  formatY = plain,
  width = 320,
  height = 220,
  onDrag,
  children,
}: PlotProps) {
  const drawing = useRef<SVGSVGElement>(null);
  const scales = useMemo<Scales>(
    () => ({
      x: (value) => LEFT + ((value - xRange[0]) / (xRange[1] - xRange[0])) * (width - LEFT - RIGHT),
      y: (value) =>
        height - BOTTOM - ((value - yRange[0]) / (yRange[1] - yRange[0])) * (height - TOP - BOTTOM),
      width,
      height,
    }),
    [xRange, yRange, width, height],
  );
  const drag = (event: React.PointerEvent, phase: "move" | "end") => {
    const area = drawing.current?.getBoundingClientRect();
    if (!onDrag || !area || area.width === 0) return;
    const px = ((event.clientX - area.left) / area.width) * width;
    const py = ((event.clientY - area.top) / area.height) * height;
    const x = xRange[0] + ((px - LEFT) / (width - LEFT - RIGHT)) * (xRange[1] - xRange[0]);
    const y = yRange[0] + ((height - BOTTOM - py) / (height - TOP - BOTTOM)) * (yRange[1] - yRange[0]);
    onDrag(x, y, phase);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a drawing that holds sliders; a fieldset cannot be one
    <svg
      ref={drawing}
      className={onDrag ? `${classes.plot} ${classes.draggable}` : classes.plot}
      viewBox={`0 0 ${width} ${height}`}
      role="group"
      aria-label={label}
      onPointerDown={
        onDrag &&
        ((event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          drag(event, "move");
        })
      }
      onPointerMove={onDrag && ((event) => event.buttons === 1 && drag(event, "move"))}
      onPointerUp={onDrag && ((event) => drag(event, "end"))}
    >
      {/* biome-ignore lint/a11y/noAriaHiddenOnFocusable: a group of an SVG takes no focus */}
      <g aria-hidden="true">
        {xTicks.map((tick) => (
          <g key={tick}>
            <line
              className={classes.grid}
              x1={scales.x(tick)}
              x2={scales.x(tick)}
              y1={TOP}
              y2={height - BOTTOM}
            />
            <text className={classes.tick} x={scales.x(tick)} y={height - BOTTOM + 13} textAnchor="middle">
              {formatX(tick)}
            </text>
          </g>
        ))}
        {yTicks.map((tick) => (
          <g key={tick}>
            <line
              className={classes.grid}
              x1={LEFT}
              x2={width - RIGHT}
              y1={scales.y(tick)}
              y2={scales.y(tick)}
            />
            <text className={classes.tick} x={LEFT - 6} y={scales.y(tick) + 4} textAnchor="end">
              {formatY(tick)}
            </text>
          </g>
        ))}
        <text className={classes.axis} x={(LEFT + width - RIGHT) / 2} y={height - 4} textAnchor="middle">
          {xLabel}
        </text>
        <text
          className={classes.axis}
          transform={`translate(10 ${(TOP + height - BOTTOM) / 2}) rotate(-90)`}
          textAnchor="middle"
        >
          {yLabel}
        </text>
      </g>
      {children(scales)}
    </svg>
  );
}
