/** Everything that is known of one score, and the ways to the frames behind it. */

import type { ReactNode } from "react";
import {
  formatCount,
  formatDelta,
  formatInterval,
  formatPercent,
  formatScore,
  formatThreshold,
} from "@/core/numbers";
import { pagePath } from "@/core/paths";
import { allOf } from "@/core/queries";
import { ALL_FRAMES } from "@/core/segments";
import { VERDICTS } from "@/core/verdicts";
import { usePlace } from "@/state/place";
import { useHasBoxes } from "@/state/task";
import { useView } from "@/state/view";
import { AppLink } from "@/ui/AppLink";
import { VerdictMark } from "@/ui/VerdictMark";
import { segmentQuery } from "../outcomes/drill";
import { useDrill, useOpenTab } from "../useLooking";
import { type GridCell, measureName } from "./grid";
import classes from "./Matrix.module.css";
import { targetSentence } from "./TargetsMark";
import type { Grid } from "./useGrid";

interface CellDetailsProps {
  readonly cell: GridCell;
  readonly about: NonNullable<Grid["about"]>;
  /** Called when a link leads elsewhere. */
  readonly onLeave: () => void;
}

/** The content of a cell's popover. */
export function CellDetails({ cell, about, onLeave }: CellDetailsProps) {
  const { score } = cell;
  return (
    <div className={classes.details}>
      <div>
        <h3 className="user-text" title={score.segment}>
          {score.segment}
        </h3>
        <div className={`${classes.facts} user-text`}>{score.inference_set}</div>
      </div>
      <dl className={classes.pairs}>
        <Pair name={measureName(score)}>
          <b>{formatScore(score.value)}</b>
          {score.low === null ? null : <> · 95% interval {formatInterval(score.low, score.high)}</>}
        </Pair>
        <Against cell={cell} />
        {cell.targets.map((target) => (
          <Pair key={target.name} name="Target">
            {target.score?.target_verdict ? (
              <VerdictMark verdict={target.score.target_verdict} shapeOnly />
            ) : null}{" "}
            {targetSentence(target)}
          </Pair>
        ))}
        <Basis cell={cell} about={about} />
        {score.selected_on ? (
          <Pair name="Careful">
            These frames were selected on the errors of {score.selected_on}: comparisons with it are unfair to
            it.
          </Pair>
        ) : null}
        {score.reason ? <Pair name="Note">{score.reason}</Pair> : null}
      </dl>
      <Ways cell={cell} onLeave={onLeave} />
    </div>
  );
}

function Against({ cell }: { cell: GridCell }) {
  const { score, hasStatistics, delta, isBaseline } = cell;
  if (isBaseline) return <Pair name="Baseline">Other sets are compared with this one.</Pair>;
  if (!score.baseline && hasStatistics) return null;
  if (!hasStatistics) return <Pair name="Δ">{formatDelta(delta)} · interval and verdict updating…</Pair>;
  return (
    <>
      <Pair name={`Δ against ${score.baseline}`}>
        <b>{formatDelta(delta)}</b>
        {score.delta_low === null ? null : (
          <>
            {" "}
            · 95% interval {formatDelta(score.delta_low)} to {formatDelta(score.delta_high)}
          </>
        )}
      </Pair>
      {score.baseline_verdict ? (
        <Pair name="Verdict">
          <VerdictMark verdict={score.baseline_verdict} /> {VERDICTS[score.baseline_verdict].meaning}
        </Pair>
      ) : null}
      <Pair name="Permutation test">
        p {formatP(score.p)} · q {formatP(score.q)} over all cells
      </Pair>
      <Pair name="Would be seen">differences of {formatScore(score.minimum_detectable)} and more</Pair>
    </>
  );
}

function Basis({ cell, about }: Pick<CellDetailsProps, "cell" | "about">) {
  const { score } = cell;
  const hasBoxes = useHasBoxes();
  return (
    <>
      <Pair name="Frames">
        {formatCount(score.n_frames)} of {formatCount(score.n_segment_frames)} covered (
        {formatPercent(score.coverage)})
        {score.n_shared_frames === null ? null : <> · {formatCount(score.n_shared_frames)} shared</>}
      </Pair>
      <Pair name="Objects">
        {formatCount(score.n_labels)} labels · {formatCount(score.n_inferences)} inferences
      </Pair>
      {score.n_groups === null ? null : (
        <Pair name="Resampled by">
          {about.group_field ?? "frame"}, {formatCount(score.n_groups)} groups
          {score.small ? ": few, read with care" : ""}
        </Pair>
      )}
      <Pair name="Judged at">
        confidence {formatThreshold(score.confidence)}
        {hasBoxes ? ` · IoU ${formatThreshold(score.iou)} · matching ${score.matching}` : null}
      </Pair>
      <Pair name="Versions">
        dataset {about.dataset_version}
        {score.segment_version === null ? null : <> · segment {score.segment_version}</>}
      </Pair>
    </>
  );
}

function Ways({ cell, onLeave }: Pick<CellDetailsProps, "cell" | "onLeave">) {
  const place = usePlace();
  const { q, conf, iou, sets, baseline } = useView();
  const [, openDrill] = useDrill();
  const openTab = useOpenTab();
  const { score } = cell;
  const set = score.inference_set;
  const segment = score.segment === ALL_FRAMES ? undefined : score.segment;
  const about = score.class_name ? { truth: score.class_name } : {};
  const go = (action: () => void) => () => {
    onLeave();
    action();
  };
  return (
    <div className={classes.ways}>
      <AppLink
        href={pagePath(place, "explore", {
          q: allOf(segmentQuery(segment), q) || undefined,
          sets,
          baseline,
          conf,
          iou,
        })}
        className={classes.way}
      >
        Frames in Explore
      </AppLink>
      <button
        type="button"
        className={classes.way}
        onClick={go(() => openDrill({ set, segment, ...about, kind: "false_negative" }))}
      >
        Missed labels
      </button>
      <button
        type="button"
        className={classes.way}
        onClick={go(() =>
          openDrill({
            set,
            segment,
            kind: "false_positive",
            ...(score.class_name ? { predicted: score.class_name } : {}),
          }),
        )}
      >
        False alarms
      </button>
      <button type="button" className={classes.way} onClick={go(() => openTab("metrics", { segment, set }))}>
        Class report
      </button>
      {cell.isBaseline ? null : (
        <button
          type="button"
          className={classes.way}
          onClick={go(() => openTab("compare", { segment, set }))}
        >
          Compare
        </button>
      )}
    </div>
  );
}

function Pair({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={classes.pair}>
      <dt>{name}</dt>
      <dd className="user-text">{children}</dd>
    </div>
  );
}

/** `< 0.001`, `0.032`. */
export function formatP(value: number | null): string {
  if (value === null) return "–";
  return value < 0.001 ? "< 0.001" : value.toFixed(3);
}
