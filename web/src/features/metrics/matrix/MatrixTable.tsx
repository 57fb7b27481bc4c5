/** The matrix as a table: one region per group, one column per inference set, arrows move between cells. */

import { type CSSProperties, type KeyboardEvent, memo, useState } from "react";
import { formatCount } from "@/core/numbers";
import { pagePath, segmentPath } from "@/core/paths";
import { ALL_FRAMES } from "@/core/segments";
import { usePlace } from "@/state/place";
import { AppLink } from "@/ui/AppLink";
import type { GridRow, GroupName } from "./grid";
import classes from "./Matrix.module.css";
import { MatrixCell } from "./MatrixCell";
import { SetHead } from "./SetHead";
import type { BarScale } from "./scale";
import type { Grid } from "./useGrid";

/** What table and cards show. */
export interface MatrixProps {
  /** All rows, also those a filter hides: for the sums in the heads. */
  readonly all: readonly GridRow[];
  readonly groups: readonly { readonly name: GroupName; readonly rows: readonly GridRow[] }[];
  readonly sets: readonly string[];
  readonly scale: BarScale;
  readonly isFresh: boolean;
  readonly about: NonNullable<Grid["about"]>;
}

/** The table. */
export function MatrixTable({ all, groups, sets, scale, isFresh, about }: MatrixProps) {
  const [active, setActive] = useState("0:0");
  let row = -1;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: arrows move between the cells inside
    <div
      className={classes.scroller}
      onKeyDown={moveFocus}
      data-stale={!isFresh || undefined}
      aria-busy={!isFresh}
      style={{ "--sets": sets.length } as CSSProperties}
    >
      <div className={classes.heads}>
        <span className={classes.corner}>Segment</span>
        {sets.map((set) => (
          <SetHead key={set} set={set} rows={all} />
        ))}
      </div>
      {groups.map((group) =>
        group.rows.length === 0 ? null : (
          <section key={group.name} aria-label={group.name}>
            <h2 className={classes.group}>{group.name}</h2>
            <table
              // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a grid is a table with arrow keys
              role="grid"
              aria-label={`Scores of ${group.name}`}
              className={classes.table}
            >
              <colgroup>
                <col className={classes.first} />
                {sets.map((set) => (
                  <col key={set} />
                ))}
              </colgroup>
              <thead className="visually-hidden">
                <tr>
                  <th scope="col">Segment</th>
                  {sets.map((set) => (
                    <th key={set} scope="col">
                      {set}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {group.rows.map((line) => {
                  row += 1;
                  const index = row;
                  return (
                    <tr key={line.segment}>
                      <RowHead line={line} />
                      {line.cells.map((cell, column) => (
                        <MatrixCell
                          key={cell.score.inference_set}
                          cell={cell}
                          place={`${index}:${column}`}
                          isActive={active === `${index}:${column}`}
                          onActive={setActive}
                          scale={scale}
                          about={about}
                        />
                      ))}
                    </tr>
                  );
                })}
              </tbody>
            </table>
          </section>
        ),
      )}
    </div>
  );
}

const RowHead = memo(
  function RowHead({ line }: { line: GridRow }) {
    const place = usePlace();
    const score = line.cells[0]?.score;
    const href = line.segment === ALL_FRAMES ? pagePath(place, "explore") : segmentPath(place, line.segment);
    const targets = line.cells[0]?.targets ?? [];
    return (
      <th scope="row" className={classes.rowHead}>
        <AppLink href={href} className={`${classes.segment} one-line`} title={line.segment}>
          {line.segment}
        </AppLink>
        <span className={classes.facts}>
          {formatCount(score?.n_segment_frames)} frames · {formatCount(score?.n_labels)} labels
        </span>
        {targets.map(({ name, target }) => (
          <span
            key={name}
            className={`${classes.facts} one-line`}
            title={`Target: ${name} at least ${target.minimum}`}
          >
            {name} ≥ {target.minimum}
          </span>
        ))}
      </th>
    );
  },
  ({ line: before }, { line: after }) =>
    before.segment === after.segment &&
    before.cells[0]?.score.n_segment_frames === after.cells[0]?.score.n_segment_frames &&
    before.cells[0]?.score.n_labels === after.cells[0]?.score.n_labels &&
    targetsText(before) === targetsText(after),
);

const targetsText = (line: GridRow) =>
  line.cells[0]?.targets.map(({ name, target }) => `${name} ${target.minimum}`).join();

const STEPS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** Arrows go to the next cell, Home and End to the ends of the row. */
function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  const from = (event.target as HTMLElement).dataset.place;
  if (!from || event.ctrlKey || event.metaKey || event.altKey) return;
  const [row = 0, column = 0] = from.split(":").map(Number);
  const find = (r: number, c: number) =>
    event.currentTarget.querySelector<HTMLElement>(`[data-place="${r}:${c}"]`);
  const step = STEPS[event.key];
  let next: HTMLElement | null = null;
  if (step) next = find(row + step[0], column + step[1]);
  else if (event.key === "Home") next = find(row, 0);
  else if (event.key === "End") {
    for (let last = column; find(row, last); last += 1) next = find(row, last);
  } else return;
  event.preventDefault();
  next?.focus();
}
