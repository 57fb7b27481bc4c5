/** How often inferences of a confidence are right, and the expected calibration error. */

import type { CalibrationBody, CurvesBody } from "@/api/types";
import { formatCount, formatScore } from "@/core/numbers";
import { linePath } from "./curves";
import { Plot } from "./Plot";
import classes from "./Plot.module.css";
import report from "./Report.module.css";

interface CalibrationProps {
  readonly bodies: readonly CurvesBody[];
  readonly colours: readonly string[];
}

/** The reliability curve; on the diagonal confidence is the hit rate. */
export function Calibration({ bodies, colours }: CalibrationProps) {
  return (
    <>
      <Plot
        label={bodies
          .map(({ context, calibration }) => sentence(context.inference_set, calibration))
          .join("; ")}
        xLabel="Mean confidence"
        yLabel="Hit rate"
      >
        {({ x, y }) => (
          <>
            <line className={classes.guide} x1={x(0)} y1={y(0)} x2={x(1)} y2={y(1)} />
            {bodies.map(({ context, calibration }, index) => {
              const colour = colours[index] ?? "currentColor";
              const points = calibration.n.flatMap((n, bin) => {
                const [mean, rate] = [
                  calibration.mean_confidence[bin] ?? null,
                  calibration.hit_rate[bin] ?? null,
                ];
                return n === 0 || mean === null || rate === null ? [] : [{ n, mean, rate, bin }];
              });
              return (
                <g key={context.inference_set}>
                  <path
                    className={index ? `${classes.line} ${classes.dashed}` : classes.line}
                    d={linePath(points.map(({ mean, rate }) => [x(mean), y(rate)]))}
                    stroke={colour}
                  />
                  {points.map(({ n, mean, rate, bin }) => (
                    <circle key={bin} cx={x(mean)} cy={y(rate)} r={3} fill={colour}>
                      <title>{`confidence ${formatScore(mean)}: ${formatScore(rate)} right of ${formatCount(n)} inferences`}</title>
                    </circle>
                  ))}
                </g>
              );
            })}
          </>
        )}
      </Plot>
      <p className={report.context}>
        {bodies.map(({ context, calibration }) => sentence(context.inference_set, calibration)).join(" · ")}
      </p>
    </>
  );
}

/** In words, also which way it errs. */
function sentence(
  set: string,
  { expected_calibration_error: error, n, mean_confidence, hit_rate }: CalibrationBody,
): string {
  const lean = n.reduce(
    (sum, count, bin) => sum + count * ((mean_confidence[bin] ?? 0) - (hit_rate[bin] ?? 0)),
    0,
  );
  const way = error === null || error < 0.02 ? "" : lean > 0 ? ", over-confident" : ", under-confident";
  return `${set}: expected calibration error ${formatScore(error)}${way}`;
}
