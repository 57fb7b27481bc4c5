/** The suggestions as a grid: one of them is active, and keys answer it. */

import { Button } from "@mantine/core";
import { useMemo } from "react";
import { useColumns } from "@/render/useColumns";
import { useSetView, useView } from "@/state/view";
import { usePictures } from "@/ui/pictures/usePictures";
import { EmptyState } from "@/ui/States";
import { useSegmentEdits } from "../edits";
import { ELEMENT_NOUNS } from "../links";
import { SuggestionCell } from "./SuggestionCell";
import classes from "./similarity.module.css";
import { useActive } from "./useActive";
import { type Search, STEP } from "./useSearch";

const CELL_WIDTH = 208;
const GAP = 12;

/** The grid. */
export function Suggestions({ search, onLeave }: { search: Search; onLeave: () => void }) {
  const { place, segment } = useSegmentEdits();
  const { items, answerOf } = search;
  const drawn = useMemo(
    () => [...new Set(items.flatMap(({ id, nearest }) => (nearest ? [id, nearest] : [id])))],
    [items],
  );
  const pictures = usePictures(place, {
    elements: segment.elements,
    inferenceSet: segment.inference_set,
    ids: drawn,
  });
  const { ref: sizeRef, width, columns, cellWidth } = useColumns(CELL_WIDTH, GAP);
  const view = useMemo(() => ({ width: cellWidth, height: Math.round(cellWidth * 0.64) }), [cellWidth]);

  const active = useActive(search, columns, onLeave);
  const isScored = search.shown?.ranking === "classifier";
  return (
    <div ref={sizeRef} className={classes.suggestions}>
      {items.length === 0 ? <NothingLeft /> : null}
      {items.length && width > 0 ? (
        // biome-ignore lint/a11y/useSemanticElements: pictures in rows, not a table
        <div
          role="grid"
          aria-label="Suggestions"
          aria-busy={search.isBusy}
          className={classes.grid}
          aria-colcount={columns}
        >
          {rowsOf(items, columns).map((row) => (
            // biome-ignore lint/a11y/useSemanticElements: rows of a grid that is not a table
            // biome-ignore lint/a11y/useFocusableInteractive: cells take the focus
            <div
              key={row[0]?.id}
              role="row"
              className={classes.row}
              style={{ gridTemplateColumns: `repeat(${columns}, ${cellWidth}px)` }}
            >
              {row.map((item) => (
                <SuggestionCell
                  key={item.id}
                  place={place}
                  item={item}
                  pictures={pictures}
                  view={view}
                  answer={answerOf(item.id)}
                  isScored={isScored}
                  isActive={item.id === active.id}
                  ref={(element) => {
                    if (element) active.cells.current.set(item.id, element);
                    else active.cells.current.delete(item.id);
                  }}
                  onActivate={() => active.activate(item.id)}
                  onAnswer={(answer) => active.give(item.id, answer)}
                />
              ))}
            </div>
          ))}
        </div>
      ) : null}
      {search.more ? (
        <Button variant="default" className={classes.more} onClick={search.more}>
          Show {STEP} more
        </Button>
      ) : null}
      <p className="visually-hidden">
        Suggested {ELEMENT_NOUNS[segment.elements]}s; A accepts, D discards the one in focus.
      </p>
    </div>
  );
}

function NothingLeft() {
  const { segment } = useSegmentEdits();
  const { q } = useView();
  const setView = useSetView();
  const noun = ELEMENT_NOUNS[segment.elements];
  return (
    <EmptyState
      title="Nothing left to suggest"
      action={
        q ? (
          <Button variant="default" onClick={() => setView({ q: undefined })}>
            Clear the query
          </Button>
        ) : undefined
      }
    >
      {q
        ? `Every ${noun} the query selects is a member, is answered, or has no vector.`
        : `Every ${noun} is a member, is answered, or has no vector.`}
    </EmptyState>
  );
}

function rowsOf<Item>(items: readonly Item[], columns: number): readonly (readonly Item[])[] {
  const rows: (readonly Item[])[] = [];
  for (let at = 0; at < items.length; at += columns) rows.push(items.slice(at, at + columns));
  return rows;
}
