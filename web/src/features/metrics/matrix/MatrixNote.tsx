/** What all numbers of the matrix have in common, and whether intervals are still on their way. */

import { countOf } from "@/core/numbers";
import { ALL_FRAMES } from "@/core/segments";
import { useChosenSets } from "@/state/chosenSets";
import { useHasBoxes } from "@/state/task";
import classes from "./Matrix.module.css";
import type { Grid } from "./useGrid";

/** One quiet line above the matrix. */
export function MatrixNote({ grid }: { grid: Grid }) {
  const { baseline } = useChosenSets();
  const all = grid.rows.find((row) => row.segment === ALL_FRAMES)?.cells[0]?.score;
  const hasBoxes = useHasBoxes();
  const unit = grid.about?.group_field ?? "frame";
  return (
    <p className={classes.note}>
      {baseline ? <>Δ against {baseline} on shared frames · </> : null}
      95% intervals over {unit === "frame" ? "frames" : <code>{unit}</code>}
      {all?.n_groups ? ` (${countOf(all.n_groups, "group")})` : null}
      {hasBoxes ? ` · matching ${grid.about?.matching}` : null} · dataset version{" "}
      {grid.about?.dataset_version}
      <span role="status" className={classes.updating} data-on={grid.isUpdating || undefined}>
        {grid.isUpdating ? (grid.isFresh ? "Intervals updating…" : "Values and intervals updating…") : ""}
      </span>
      {grid.about?.notes?.map((note) => (
        <span key={note} className={classes.ownLine}>
          {note}
        </span>
      ))}
    </p>
  );
}
