/** How exact matched boxes are. */

import type { CurvesBody } from "@/api/types";
import { formatCount } from "@/core/numbers";
import { Plot } from "./Plot";
import classes from "./Plot.module.css";

interface IouHistogramProps {
  readonly bodies: readonly CurvesBody[];
  readonly colours: readonly string[];
}

/** Counts by IoU; two sets as bars beside each other. */
export function IouHistogram({ bodies, colours }: IouHistogramProps) {
  const most = Math.max(1, ...bodies.flatMap((body) => body.iou_counts));
  const top = niceCeiling(most);
  const first = bodies[0];
  if (!first) return null;
  return (
    <Plot
      label="Number of matches by IoU"
      xLabel="IoU"
      yLabel="Matches"
      yRange={[0, top]}
      yTicks={[0, top / 4, top / 2, (3 * top) / 4, top]}
      formatY={(value) =>
        value >= 1000 ? `${Number((value / 1000).toFixed(1))}k` : String(Math.round(value))
      }
    >
      {({ x, y }) =>
        bodies.map((body, index) =>
          body.iou_counts.map((count, bin) => {
            const [from = 0, to = 1] = [body.iou_edges[bin], body.iou_edges[bin + 1]];
            if (count === 0) return null;
            const width = (x(to) - x(from)) / bodies.length;
            return (
              <rect
                key={`${body.context.inference_set} ${from}`}
                className={classes.bar}
                x={x(from) + index * width}
                width={width}
                y={y(count)}
                height={y(0) - y(count)}
                fill={colours[index] ?? "currentColor"}
              >
                <title>{`${body.context.inference_set}: ${formatCount(count)} matches with IoU ${from.toFixed(2)} to ${to.toFixed(2)}`}</title>
              </rect>
            );
          }),
        )
      }
    </Plot>
  );
}

/** The least of 1, 2, 4, 10, 20, 40 … that is not below. */
export function niceCeiling(value: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, value)));
  return power * ([1, 2, 4, 10].find((factor) => factor * power >= value) ?? 10);
}
