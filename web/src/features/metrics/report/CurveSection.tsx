/** Curves over confidence with a draggable operating point, calibration, and the IoU of matches. */

import { Button, Select } from "@mantine/core";
import { useMemo } from "react";
import { useCurves } from "@/api/numbers";
import type { CurvesBody } from "@/api/types";
import { setColour } from "@/core/colours";
import { formatScore, formatThreshold } from "@/core/numbers";
import { thresholdOf } from "@/core/url";
import { useChosenSets } from "@/state/chosenSets";
import { useOperatingPoint } from "@/state/operatingPoint";
import { usePlace } from "@/state/place";
import { useHasBoxes } from "@/state/task";
import { useSetView, useView } from "@/state/view";
import { Section } from "@/ui/Page";
import { ErrorState, LoadingState } from "@/ui/States";
import { oneLineOption } from "../oneLineOption";
import { Calibration } from "./Calibration";
import { F1Curves, PrecisionRecall, type ShownCurve } from "./CurvePlots";
import { onSliderGrid } from "./curves";
import { IouHistogram } from "./IouHistogram";
import classes from "./Report.module.css";

const MICRO = "micro";

/** One or two sets; hooks need a fixed number of questions. */
export function CurveSection({ sets, segment }: { sets: readonly string[]; segment: string | undefined }) {
  const place = usePlace();
  const point = useOperatingPoint();
  const [first = "", second] = sets;
  const ask = (set: string | undefined) => ({
    inferenceSet: set ?? first,
    segment,
    iou: thresholdOf(point.iou, set ?? first),
  });
  const one = useCurves(place, ask(first));
  const two = useCurves(place, ask(second), { enabled: second !== undefined });
  const error = one.error ?? (second ? two.error : null);
  if (error) return <ErrorState error={error} onRetry={() => void one.refetch()} />;
  if (!one.data || (second && !two.data)) return <LoadingState label="Drawing curves" />;
  const bodies = second && two.data ? [one.data, two.data] : [one.data];
  return <Curves bodies={bodies} />;
}

function Curves({ bodies }: { bodies: readonly CurvesBody[] }) {
  const { class: chosen, q } = useView();
  const setView = useSetView();
  const { all } = useChosenSets();
  const point = useOperatingPoint();
  const names = bodies[0]?.curves.map((curve) => curve.class_name) ?? [];
  const className = chosen && names.includes(chosen) ? chosen : MICRO;
  const shown = useMemo<readonly ShownCurve[]>(
    () =>
      bodies.flatMap((body) => {
        const curve = body.curves.find((one) => one.class_name === className);
        if (!curve) return [];
        const set = body.context.inference_set;
        return [
          {
            set,
            curve,
            colour: setColour(all.findIndex((one) => one.name === set)),
            confidence: thresholdOf(point.confidence, set) ?? body.context.confidence,
          },
        ];
      }),
    [bodies, className, all, point.confidence],
  );
  const drag = (confidence: number, phase: "move" | "end") => {
    const conf = onSliderGrid(confidence);
    if (phase === "end") point.settle({ conf });
    else point.move({ conf });
  };
  const hasBoxes = useHasBoxes();
  return (
    <Section
      name="Curves"
      actions={
        <Select
          aria-label="Curves of"
          w={180}
          searchable={names.length > 12}
          allowDeselect={false}
          renderOption={oneLineOption}
          value={className}
          onChange={(name) => setView({ class: name === MICRO || name === null ? undefined : name })}
          data={names.map((name) => ({ value: name, label: name === MICRO ? "All classes (micro)" : name }))}
        />
      }
    >
      {q ? <p className={classes.dim}>Of the whole segment: the query does not narrow curves.</p> : null}
      <div className={classes.legend}>
        {shown.map(({ set, colour, curve, confidence }) => (
          <div key={set} className={classes.legendLine}>
            <span className={classes.swatch} style={{ background: colour }} aria-hidden="true" />
            <span className="user-text">{set}</span>
            <span className={classes.dim}>
              at {formatThreshold(confidence)}
              {curve.best_confidence === null
                ? null
                : ` · best F1 ${formatScore(curve.best_f1)} at ${formatThreshold(curve.best_confidence)}`}
            </span>
            {curve.best_confidence === null ? null : (
              <Button
                variant="default"
                size="compact-xs"
                onClick={() =>
                  point.settle({
                    conf: bestFor(bodies.length, set, curve.best_confidence ?? 0, point.confidence),
                  })
                }
              >
                Use the confidence that maximises F1
              </Button>
            )}
          </div>
        ))}
      </div>
      <div className={classes.plots}>
        <figure>
          <figcaption>Precision and recall</figcaption>
          <PrecisionRecall shown={shown} onDrag={drag} />
        </figure>
        <figure>
          <figcaption>F1 by confidence threshold</figcaption>
          <F1Curves shown={shown} onDrag={drag} />
        </figure>
        <figure>
          <figcaption>Calibration</figcaption>
          <Calibration bodies={bodies} colours={shown.map(({ colour }) => colour)} />
        </figure>
        {hasBoxes ? (
          <figure>
            <figcaption>IoU of matches</figcaption>
            <IouHistogram bodies={bodies} colours={shown.map(({ colour }) => colour)} />
          </figure>
        ) : null}
      </div>
    </Section>
  );
}

/** For one set a number for all; beside another set, for this one alone. */
function bestFor(n: number, set: string, best: number, present: Parameters<typeof thresholdOf>[0]) {
  const conf = Number(best.toFixed(4));
  if (n === 1) return conf;
  return { ...(typeof present === "object" ? present : {}), [set]: conf };
}
