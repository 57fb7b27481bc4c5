/** Clicking, dragging and keys: what each does to the selection. */

import { type MouseEvent, type RefObject, useRef } from "react";
import { countOf } from "@/core/numbers";
import type { Box } from "@/render/geometry";
import { useSelectionStore } from "@/state/selection";
import { useShortcuts } from "@/state/shortcuts";
import { useToasts } from "@/ui/Toasts";
import { cellsIn, type GridShape, moved } from "./movement";
import { type GridData, LONGEST_RANGE } from "./useGridData";

/** What the grid gives its selection to work with. */
export interface GridSelectionOptions {
  readonly data: GridData;
  readonly shape: GridShape;
  readonly cell: { readonly width: number; readonly height: number; readonly gap: number };
  readonly active: number;
  readonly activate: (place: number) => void;
  readonly firstInView: () => number;
  readonly isInView: (place: number) => boolean;
  readonly open: (place: number) => void;
  readonly selectAll: () => void;
  readonly scroller: RefObject<HTMLElement | null>;
}

/** Handlers of the grid. */
export interface GridSelection {
  readonly onClick: (event: MouseEvent) => void;
  readonly onDoubleClick: (event: MouseEvent) => void;
  readonly onDraw: (box: Box, isAdding: boolean) => void;
}

const MOVES = ["ArrowRight", "ArrowLeft", "ArrowDown", "ArrowUp", "PageDown", "PageUp", "Home", "End"];

/** Select by mouse and keys. */
export function useGridSelection(options: GridSelectionOptions): GridSelection {
  const { data, shape, cell, active, activate, open, scroller } = options;
  const store = useSelectionStore();
  const { tell, fail } = useToasts();
  const anchor = useRef(0);

  const idAt = (place: number) => data.itemAt(place)?.id;

  const range = async (to: number) => {
    const first = Math.min(anchor.current, to);
    const last = Math.max(anchor.current, to);
    if (last - first >= LONGEST_RANGE) {
      tell({
        text: `A range holds at most ${countOf(LONGEST_RANGE, "element")}.`,
        detail: "Narrow the query and use Select all.",
        tone: "bad",
      });
      return;
    }
    const loaded = Array.from({ length: last - first + 1 }, (_, i) => idAt(first + i));
    try {
      const ids = loaded.every((id) => id !== undefined) ? loaded : await data.idsOf({ first, last });
      store.replace(ids, idAt(anchor.current) ?? null);
    } catch (error) {
      fail(error);
    }
  };

  const toggle = (place: number) => {
    const id = idAt(place);
    if (id === undefined) return;
    anchor.current = place;
    store.toggle(id);
  };

  const go = (key: string, extends_: boolean) => {
    const from =
      options.isInView(active) || active === 0 ? active : options.firstInView() - (key === "j" ? 1 : 0);
    const to = moved(key, from, shape);
    if (to === null) return;
    scroller.current?.focus({ preventScroll: true });
    activate(to);
    if (extends_) void range(to);
    else anchor.current = to;
  };

  useShortcuts("Grid", [
    { keys: ["j"], about: "Next", run: () => go("j", false) },
    { keys: ["k"], about: "Previous", run: () => go("k", false) },
    { keys: MOVES, about: "Move", run: (event) => go(event.key, false) },
    {
      keys: MOVES.map((key) => `Shift+${key}`),
      about: "Select on the way",
      run: (event) => go(event.key, true),
    },
    { keys: ["Space"], about: "Select or deselect", run: () => toggle(active) },
    { keys: ["Mod+a"], about: "Select all that match", run: options.selectAll },
    { keys: ["Enter"], about: "Open the frame", run: () => open(active) },
    { keys: ["Escape"], about: "Select nothing", run: () => store.clear() },
  ]);

  return {
    onClick: (event) => {
      const place = placeOf(event);
      if (place === null) return;
      activate(place);
      if (event.shiftKey) void range(place);
      else if (event.ctrlKey || event.metaKey || isOnTick(event)) toggle(place);
      else {
        const id = idAt(place);
        anchor.current = place;
        if (id !== undefined) store.replace([id], id);
      }
    },
    onDoubleClick: (event) => {
      const place = placeOf(event);
      if (place !== null && !isOnTick(event)) open(place);
    },
    onDraw: (box, isAdding) => {
      const ids = cellsIn(box, shape, cell)
        .map(idAt)
        .filter((id) => id !== undefined);
      if (isAdding) store.mark(ids, true);
      else store.replace(ids);
    },
  };
}

function placeOf(event: MouseEvent): number | null {
  if (!(event.target instanceof Element) || event.target.closest("a")) return null;
  const place = event.target.closest<HTMLElement>("[data-place]")?.dataset.place;
  return place === undefined ? null : Number(place);
}

function isOnTick(event: MouseEvent): boolean {
  return event.target instanceof Element && event.target.closest("[data-tick]") !== null;
}
