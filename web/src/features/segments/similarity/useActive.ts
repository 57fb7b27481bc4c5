/** The suggestion that keys answer, and where the focus goes from there. */

import { type RefObject, useEffect, useMemo, useRef, useState } from "react";
import { type Answer, nextOpen } from "@/core/answers";
import { framePath } from "@/core/paths";
import { useGo } from "@/state/place";
import { useShortcuts } from "@/state/shortcuts";
import { useSegmentEdits } from "../edits";
import type { Search } from "./useSearch";

/** One of the suggestions is active. */
export interface Active {
  readonly id: string | undefined;
  /** Cells by the suggestion they show. */
  readonly cells: RefObject<Map<string, HTMLDivElement>>;
  readonly activate: (id: string) => void;
  /** Answer; the next suggestion without an answer becomes active. */
  readonly give: (id: string, answer: Answer) => void;
}

/** Keep track of the active suggestion in a grid of so many columns. */
export function useActive(search: Search, columns: number, onLeave: () => void): Active {
  const { items, answerOf } = search;
  const ids = useMemo(() => items.map(({ id }) => id), [items]);
  const [wanted, setWanted] = useState<string | null>(null);
  const first = ids.find((id) => !answerOf(id)) ?? ids[0];
  const active = wanted !== null && ids.includes(wanted) ? wanted : first;
  const cells = useRef(new Map<string, HTMLDivElement>());
  useFocusOfRanking(search, active, cells);

  const move = (id: string | undefined | null) => {
    if (id === undefined || id === null) return;
    setWanted(id);
    cells.current.get(id)?.focus();
  };
  const give = (id: string, answer: Answer): string | null => {
    const isTakenBack = answerOf(id) === answer;
    search.answer(id, answer);
    if (isTakenBack) return null;
    return nextOpen(ids, id, (other) => other === id || answerOf(other) !== undefined);
  };
  useKeys(search, onLeave, {
    active,
    step: (by) => move(ids[ids.indexOf(active ?? "") + by]),
    columns,
    answer: (answer) => active !== undefined && move(give(active, answer)),
  });
  return {
    id: active,
    cells,
    activate: setWanted,
    // The pointer keeps the focus where it pressed.
    give: (id, answer) => setWanted(give(id, answer) ?? id),
  };
}

/** What had the focus may have left with the ranking before: it goes to the active suggestion. */
function useFocusOfRanking(
  { shown }: Search,
  active: string | undefined,
  cells: RefObject<Map<string, HTMLDivElement>>,
): void {
  const before = useRef(shown);
  useEffect(() => {
    if (before.current === shown) return;
    before.current = shown;
    if (document.activeElement === document.body && active !== undefined)
      cells.current.get(active)?.focus({ preventScroll: true });
  }, [shown, active, cells]);
}

interface Keyed {
  readonly active: string | undefined;
  readonly columns: number;
  readonly step: (by: number) => void;
  readonly answer: (answer: Answer) => void;
}

function useKeys(search: Search, onLeave: () => void, { active, columns, step, answer }: Keyed): void {
  const { place } = useSegmentEdits();
  const go = useGo();
  const takeBack = () => {
    if (active !== undefined && search.answerOf(active)) search.takeBack(active);
  };
  const rankAnew = () => {
    if (search.n_answered) search.rankAnew();
  };
  const open = () => {
    const frame = search.items.find(({ id }) => id === active)?.frame_id;
    if (frame !== undefined) go(framePath(place, frame));
  };
  useShortcuts("Similarity Search", [
    { keys: ["a"], about: "Accept", run: () => answer("accepted") },
    { keys: ["d"], about: "Discard", run: () => answer("discarded") },
    { keys: ["u"], about: "Take the answer back", run: takeBack },
    { keys: ["ArrowRight", "j"], about: "Next suggestion", run: () => step(1) },
    { keys: ["ArrowLeft", "k"], about: "Previous suggestion", run: () => step(-1) },
    { keys: ["ArrowDown"], about: "Row below", run: () => step(columns) },
    { keys: ["ArrowUp"], about: "Row above", run: () => step(-columns) },
    { keys: ["r"], about: "Rank anew", run: rankAnew },
    { keys: ["Enter"], about: "Open the frame", run: open },
    { keys: ["Escape"], about: "Back to the elements", run: onLeave },
  ]);
}
