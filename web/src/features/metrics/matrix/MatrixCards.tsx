/** The matrix as cards: one per segment, the inference sets below one another. */

import { formatCount } from "@/core/numbers";
import { pagePath, segmentPath } from "@/core/paths";
import { ALL_FRAMES } from "@/core/segments";
import { usePlace } from "@/state/place";
import { AppLink } from "@/ui/AppLink";
import { useOpenTab } from "../useLooking";
import type { GridCell, GridRow } from "./grid";
import classes from "./Matrix.module.css";
import { CellFace } from "./MatrixCell";
import type { MatrixProps } from "./MatrixTable";

/** The cards. */
export function MatrixCards({ groups, scale, isFresh }: MatrixProps) {
  return (
    <div className={classes.groups} data-stale={!isFresh || undefined} aria-busy={!isFresh}>
      {groups.map((group) =>
        group.rows.length === 0 ? null : (
          <section key={group.name} aria-label={group.name}>
            <h2 className={classes.group}>{group.name}</h2>
            <div className={classes.cards}>
              {group.rows.map((row) => (
                <Card key={row.segment} row={row}>
                  {row.cells.map((cell) => (
                    <CardLine key={cell.score.inference_set} cell={cell} scale={scale} />
                  ))}
                </Card>
              ))}
            </div>
          </section>
        ),
      )}
    </div>
  );
}

function Card({ row, children }: { row: GridRow; children: React.ReactNode }) {
  const place = usePlace();
  const score = row.cells[0]?.score;
  const href = row.segment === ALL_FRAMES ? pagePath(place, "explore") : segmentPath(place, row.segment);
  return (
    <article className={classes.card} aria-label={row.segment}>
      <header>
        <h3 className="one-line">
          <AppLink href={href} className={classes.segment} title={row.segment}>
            {row.segment}
          </AppLink>
        </h3>
        <span className={classes.facts}>
          {formatCount(score?.n_segment_frames)} frames · {formatCount(score?.n_labels)} labels
        </span>
      </header>
      {children}
    </article>
  );
}

function CardLine({ cell, scale }: { cell: GridCell; scale: MatrixProps["scale"] }) {
  const openTab = useOpenTab();
  const { segment, inference_set: set } = cell.score;
  return (
    <button
      type="button"
      className={classes.score}
      data-small={cell.score.small || undefined}
      onClick={() => openTab("metrics", { segment: segment === ALL_FRAMES ? undefined : segment, set })}
    >
      <span className={`${classes.cardSet} one-line`} title={set}>
        {set}
      </span>
      <CellFace cell={cell} scale={scale} />
    </button>
  );
}
