/** A small trend: the scores of the last inference sets, the target as a thin line. */

import { formatScore } from "@/core/numbers";
import classes from "./Sparkline.module.css";
import { sparkShape } from "./sparkline";

const SIZE = { width: 88, height: 20, margin: 3 };

/** What is drawn; `label` says what the scores are. */
export interface SparklineProps {
  readonly values: readonly (number | null)[];
  readonly target: number | null;
  readonly label: string;
}

/** A trend as large as a word. */
export function Sparkline({ values, target, label }: SparklineProps) {
  const shape = sparkShape(values, SIZE, target);
  if (!shape) return null;
  const words = `${label}: ${values.map(formatScore).join(", ")}`;
  return (
    <svg className={classes.spark} width={SIZE.width} height={SIZE.height} role="img" aria-label={words}>
      <title>{words}</title>
      {shape.target === null ? null : (
        <line className={classes.target} x1={0} x2={SIZE.width} y1={shape.target} y2={shape.target} />
      )}
      <path className={classes.line} d={shape.path} />
      {shape.last ? <circle className={classes.last} cx={shape.last.x} cy={shape.last.y} r={2.5} /> : null}
    </svg>
  );
}
