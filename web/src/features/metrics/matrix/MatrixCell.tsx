/** One segment scored by one inference set. */

import { Popover } from "@mantine/core";
import { memo, useRef, useState } from "react";
import { formatDelta, formatScore } from "@/core/numbers";
import { IntervalBar } from "@/ui/ScoreCell";
import { VerdictMark } from "@/ui/VerdictMark";
import { CellDetails } from "./CellDetails";
import { type GridCell, measureName } from "./grid";
import classes from "./Matrix.module.css";
import type { BarScale } from "./scale";
import { TargetsMark } from "./TargetsMark";
import type { Grid } from "./useGrid";

interface MatrixCellProps {
  readonly cell: GridCell;
  /** Row and column, as arrows find it. */
  readonly place: string;
  readonly isActive: boolean;
  readonly onActive: (place: string) => void;
  readonly scale: BarScale;
  readonly about: NonNullable<Grid["about"]>;
}

/** A cell that opens everything that is known of its score. */
export const MatrixCell = memo(
  function MatrixCell({ cell, place, isActive, onActive, scale, about }: MatrixCellProps) {
    const [isOpen, setIsOpen] = useState(false);
    const button = useRef<HTMLButtonElement>(null);
    const close = () => {
      setIsOpen(false);
      button.current?.focus();
    };
    const { score } = cell;
    return (
      <td className={classes.cell} data-small={score.small || undefined}>
        <button
          ref={button}
          type="button"
          className={classes.score}
          data-place={place}
          tabIndex={isActive ? 0 : -1}
          onFocus={() => onActive(place)}
          onClick={() => setIsOpen(true)}
          aria-haspopup="dialog"
          aria-expanded={isOpen}
          title={score.reason || undefined}
        >
          <CellFace cell={cell} scale={scale} />
        </button>
        {isOpen ? (
          <Popover opened onChange={close} position="bottom-start" trapFocus width={360} withinPortal>
            <Popover.Target>
              <span className={classes.anchor} />
            </Popover.Target>
            <Popover.Dropdown aria-label={`${score.segment}, ${score.inference_set}`} p={12}>
              <CellDetails cell={cell} about={about} onLeave={close} />
            </Popover.Dropdown>
          </Popover>
        ) : null}
      </td>
    );
  },
  (before, after) =>
    before.cell.score === after.cell.score &&
    before.cell.hasStatistics === after.cell.hasStatistics &&
    before.isActive === after.isActive &&
    before.place === after.place &&
    before.scale.from === after.scale.from &&
    before.cell.isBaseline === after.cell.isBaseline &&
    before.cell.targets.every((target, index) => target.score === after.cell.targets[index]?.score) &&
    before.cell.targets.length === after.cell.targets.length,
);

/** What is seen of a score without opening it; also on cards. */
export function CellFace({ cell, scale }: { cell: GridCell; scale: BarScale }) {
  const { score, delta, hasStatistics } = cell;
  return (
    <>
      <span className="visually-hidden">
        {score.segment}, {score.inference_set}, {measureName(score)}{" "}
      </span>
      <span className={classes.line}>
        <span className={classes.value}>{formatScore(score.value)}</span>
        {score.small && score.value !== null ? (
          <span className={classes.few} title="Fewer than 20 groups or 30 labels: read with care">
            few
          </span>
        ) : null}
        <span className={classes.against}>
          {cell.isBaseline ? <span className={classes.quiet}>baseline</span> : null}
          {delta === null ? null : <span className={classes.delta}>{formatDelta(delta)}</span>}
          {score.baseline_verdict && hasStatistics ? (
            <VerdictMark verdict={score.baseline_verdict} reason={score.reason} />
          ) : null}
          {!hasStatistics && !cell.isBaseline ? <Pending /> : null}
        </span>
      </span>
      <IntervalBar
        score={hasStatistics ? score : { ...score, low: null, high: null }}
        from={scale.from}
        to={scale.to}
      />
      <span className={classes.line}>
        <TargetsMark targets={cell.targets} />
        {score.coverage !== null && score.coverage < 1 ? (
          <span className={classes.facts}>
            {score.n_frames} of {score.n_segment_frames} frames
          </span>
        ) : null}
        <span className="visually-hidden">
          {score.n_frames} frames, {score.n_labels} labels
        </span>
      </span>
    </>
  );
}

/** Stands where a verdict will be. */
function Pending() {
  return (
    <span className={classes.quiet} title="Intervals and verdicts are updating">
      …
    </span>
  );
}
