/** The Scenarios tab: all Model Performance segments by the chosen inference sets. */

import { useMemo } from "react";
import { useChosenSets } from "@/state/chosenSets";
import { useExtra, useView } from "@/state/view";
import { EmptyState, ErrorState, LoadingState } from "@/ui/States";
import { ViewQueryBar } from "@/ui/ViewQueryBar";
import { useSetInFocus } from "../useLooking";
import { GROUPS } from "./grid";
import classes from "./Matrix.module.css";
import { MatrixCards } from "./MatrixCards";
import { MatrixControls } from "./MatrixControls";
import { MatrixNote } from "./MatrixNote";
import { MatrixTable } from "./MatrixTable";
import { ROW_FILTERS, readRows } from "./reading";
import { scaleOf } from "./scale";
import { useGrid } from "./useGrid";

/** The tab. */
export function ScenariosTab() {
  const grid = useGrid();
  const { names } = useChosenSets();
  const { sort, view } = useView();
  const [asked, setFilter] = useExtra("filter");
  const [inFocus] = useSetInFocus();
  const filter = ROW_FILTERS.find((name) => name === asked) ?? "all";
  const order = sort === "worst" ? "worst" : "name";
  const rows = readRows(grid.rows, filter, order);
  const groups = useMemo(
    () => GROUPS.map((name) => ({ name, rows: rows.filter((row) => row.group === name) })),
    [rows],
  );
  const Shown = view === "cards" ? MatrixCards : MatrixTable;
  return (
    <>
      <div className={classes.query}>
        <ViewQueryBar inferenceSet={inFocus} />
      </div>
      <MatrixControls rows={grid.rows} filter={filter} order={order} />
      {grid.error ? <ErrorState error={grid.error} onRetry={grid.retry} /> : null}
      {grid.about === undefined ? (
        grid.error ? null : (
          <LoadingState label="Scoring segments" />
        )
      ) : (
        <>
          <MatrixNote grid={grid} />
          {rows.length ? (
            <Shown
              all={grid.rows}
              groups={groups}
              sets={names}
              scale={scaleOf(grid.rows)}
              isFresh={grid.isFresh}
              about={grid.about}
            />
          ) : (
            <EmptyState
              title={filter === "failing" ? "No segment misses a target" : "No segment has regressed"}
              action={
                <button type="button" onClick={() => setFilter(undefined)}>
                  Show all segments
                </button>
              }
            >
              {grid.isUpdating ? "Intervals and verdicts are still on their way." : null}
            </EmptyState>
          )}
        </>
      )}
    </>
  );
}
