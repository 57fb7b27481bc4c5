/** The suggestions as a grid: one of them is active, and keys answer it. */

import { Button } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { useEffect, useMemo, useRef, useState } from "react";
import { type Answer, nextOpen } from "@/core/answers";
import { framePath } from "@/core/paths";
import { useGo } from "@/state/place";
import { useShortcuts } from "@/state/shortcuts";
import { useSetView, useView } from "@/state/view";
import { usePictures } from "@/ui/pictures/usePictures";
import { EmptyState } from "@/ui/States";
import { useSegmentEdits } from "../edits";
import { ELEMENT_NOUNS } from "../links";
import { SuggestionCell } from "./SuggestionCell";
import classes from "./similarity.module.css";
import { type Search, STEP } from "./useSearch";

const CELL_WIDTH = 208;
const GAP = 12;

/** The grid. */
export function Suggestions({ search, onLeave }: { search: Search; onLeave: () => void }) {
  const { place, segment } = useSegmentEdits();
  const go = useGo();
  const { items, answerOf, answer } = search;
  const ids = useMemo(() => items.map(({ id }) => id), [items]);
  const drawn = useMemo(
    () => [...new Set(items.flatMap(({ id, nearest }) => (nearest ? [id, nearest] : [id])))],
    [items],
  );
  const pictures = usePictures(place, {
    elements: segment.elements,
    inferenceSet: segment.inference_set,
    ids: drawn,
  });
  const { ref: sizeRef, width } = useElementSize();
  const columns = Math.max(1, Math.floor((width + GAP) / (CELL_WIDTH + GAP)));
  const cellWidth = Math.floor((width - GAP * (columns - 1)) / columns);
  const view = useMemo(() => ({ width: cellWidth, height: Math.round(cellWidth * 0.64) }), [cellWidth]);

  const [wanted, setWanted] = useState<string | null>(null);
  const first = ids.find((id) => !answerOf(id)) ?? ids[0];
  const active = wanted !== null && ids.includes(wanted) ? wanted : first;
  const cells = useRef(new Map<string, HTMLDivElement>());
  const move = (id: string | undefined | null) => {
    if (id === undefined || id === null) return;
    setWanted(id);
    // The cell becomes focusable with the next drawing; a negative tab index takes the focus as well.
    cells.current.get(id)?.focus();
  };
  // What had the focus may have left with the ranking before.
  const ranking = useRef(search.shown);
  useEffect(() => {
    if (ranking.current === search.shown) return;
    ranking.current = search.shown;
    if (document.activeElement === document.body && active !== undefined)
      cells.current.get(active)?.focus({ preventScroll: true });
  }, [search.shown, active]);
  const step = (by: number) => move(ids[ids.indexOf(active ?? "") + by]);
  const give = (id: string | undefined, given: Answer, isByKey: boolean) => {
    if (id === undefined) return;
    const isTakenBack = answerOf(id) === given;
    answer(id, given);
    if (isTakenBack) return;
    const next = nextOpen(ids, id, (other) => other === id || answerOf(other) !== undefined);
    if (isByKey) move(next);
    else setWanted(next ?? id);
  };
  useShortcuts("Similarity Search", [
    { keys: ["a"], about: "Accept", run: () => give(active, "accepted", true) },
    { keys: ["d"], about: "Discard", run: () => give(active, "discarded", true) },
    {
      keys: ["u"],
      about: "Take the answer back",
      run: () => {
        if (active !== undefined && answerOf(active)) search.takeBack(active);
      },
    },
    { keys: ["ArrowRight", "j"], about: "Next suggestion", run: () => step(1) },
    { keys: ["ArrowLeft", "k"], about: "Previous suggestion", run: () => step(-1) },
    { keys: ["ArrowDown"], about: "Row below", run: () => step(columns) },
    { keys: ["ArrowUp"], about: "Row above", run: () => step(-columns) },
    {
      keys: ["r"],
      about: "Rank anew",
      run: () => {
        if (search.n_answered) search.rankAnew();
      },
    },
    {
      keys: ["Enter"],
      about: "Open the frame",
      run: () => {
        const frame = items.find(({ id }) => id === active)?.frame_id;
        if (frame !== undefined) go(framePath(place, frame));
      },
    },
    { keys: ["Escape"], about: "Back to the elements", run: onLeave },
  ]);

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
                  isActive={item.id === active}
                  ref={(element) => {
                    if (element) cells.current.set(item.id, element);
                    else cells.current.delete(item.id);
                  }}
                  onActivate={() => setWanted(item.id)}
                  onAnswer={(given) => give(item.id, given, false)}
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
