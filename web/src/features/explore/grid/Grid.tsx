/** The grid: as many thumbnails as fit, rendered as they come into view. */

import { useElementSize, useMergedRef } from "@mantine/hooks";
import { useElementScrollRestoration } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type RefObject, useCallback, useEffect, useMemo, useReducer, useRef, useState } from "react";
import type { ElementRow } from "@/api/selections";
import { framePath } from "@/core/paths";
import type { OverlayLook } from "@/render/objects";
import { useGo, usePlace } from "@/state/place";
import { useSelectionStore } from "@/state/selection";
import { useView } from "@/state/view";
import type { Shown } from "@/ui/pictures/drawing";
import { ErrorState, LoadingState } from "@/ui/States";
import type { About } from "../about";
import { readSort } from "../sorting";
import { Cell } from "./Cell";
import classes from "./grid.module.css";
import { columnsIn, scrolledHeight, scrollFactor } from "./movement";
import { useGridData } from "./useGridData";
import { useGridSelection } from "./useGridSelection";
import { useMarquee } from "./useMarquee";
import { useMembership } from "./useMembership";

const GAP = 12;
const CAPTION = 24;
const PAD = 4;
const PAD_RIGHT = 16;
const OVERSCAN_ROWS = 4;
const NOUNS = { frames: "Frames", labels: "Labels", inferences: "Inferences" } as const;

/** A grid of what matches. */
export interface GridProps {
  readonly about: About;
  readonly shown: Shown;
  readonly look: OverlayLook;
  /** Least width of a thumbnail, CSS pixels. */
  readonly size: number;
  readonly selectAll: () => void;
  readonly empty: React.ReactNode;
}

/** The grid of the Explore view. */
export function Grid({ about, shown, look, size, selectAll, empty }: GridProps) {
  const place = usePlace();
  const scroller = useRef<HTMLDivElement>(null);
  const { ref: measured, width, height } = useElementSize();
  const restored = useElementScrollRestoration({ id: "grid" });
  const [active, setActive] = useState(0);
  const [range, setRange] = useState({ first: 0, last: 40 });
  const [, renderAnew] = useReducer((n: number) => n + 1, 0);

  const drawnSets = useMemo(
    () =>
      shown.labels || shown.inferences ? (shown.inferences ? shown.sets.map(({ name }) => name) : []) : null,
    [shown],
  );
  const data = useGridData(place, about.request, range, drawnSets);
  const total = data.total ?? 0;
  useMembership(place, about.request, data.ids);
  const { columns, cellWidth } = columnsIn(Math.max(0, width - PAD - PAD_RIGHT), size, GAP);
  const aspect = useAspect(data.itemAt(0), about.elements);
  const view = useMemo(
    () => ({ width: cellWidth, height: Math.round(cellWidth * aspect) }),
    [cellWidth, aspect],
  );
  const rowHeight = view.height + CAPTION + GAP;
  const nRows = Math.ceil(total / columns);
  const factor = scrollFactor(nRows * rowHeight, height);
  // The virtualizer keeps the functions it was given first.
  const factorNow = useRef(factor);
  factorNow.current = factor;

  const rows = useVirtualizer({
    count: width > 0 ? nRows : 0,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: OVERSCAN_ROWS,
    paddingStart: PAD,
    initialOffset: (restored?.scrollY ?? 0) * factor,
    observeElementOffset: (instance, tell) => {
      const element = instance.scrollElement;
      if (!element) return;
      const follow = () => {
        tell(element.scrollTop * factorNow.current, false);
        if (factorNow.current !== 1) renderAnew();
      };
      follow();
      element.addEventListener("scroll", follow, { passive: true });
      return () => element.removeEventListener("scroll", follow);
    },
    scrollToFn: (offset, _options, instance) =>
      instance.scrollElement?.scrollTo({ top: offset / factorNow.current }),
    onChange: (instance) => {
      const [first, last] = [instance.range?.startIndex ?? 0, instance.range?.endIndex ?? 0];
      const next = { first: first * columns, last: (last + 1) * columns - 1 };
      setRange((now) => (now.first === next.first && now.last === next.last ? now : next));
    },
  });
  useRemeasured(rows.measure, rowHeight, factor);
  useFineWheel(scroller, factor, data.total !== undefined);

  const open = useOpen(about);
  const activate = (to: number) => {
    setActive(to);
    reveal(scroller.current, Math.floor(to / columns) * rowHeight, rowHeight, factor);
  };
  const firstRow = Math.ceil((rows.scrollOffset ?? 0) / rowHeight);
  const rowsInView = Math.max(1, Math.floor(height / rowHeight));
  const { onClick, onDoubleClick, onDraw } = useGridSelection({
    data,
    shape: { total, columns, rowsInView },
    cell: { width: cellWidth, height: view.height, gap: GAP },
    active,
    activate,
    firstInView: () => firstRow * columns,
    isInView: (at) =>
      Math.floor(at / columns) >= firstRow - 1 && Math.floor(at / columns) <= firstRow + rowsInView,
    open: (at) => {
      const row = data.itemAt(at);
      if (row) open.go(row);
    },
    selectAll,
    scroller,
  });
  const shift = (rows.scrollOffset ?? 0) - (scroller.current?.scrollTop ?? 0);
  const marquee = useMarquee(scroller, (box, isAdding) =>
    onDraw({ ...box, x: box.x - PAD, y: box.y - PAD + (factor === 1 ? 0 : shift) }, isAdding),
  );
  const merged = useMergedRef(scroller, measured);

  // A cell that has no data yet, or is far out of sight, cannot be named.
  const activeRow = Math.floor(active / columns);
  const hasActive =
    data.itemAt(active) !== undefined && rows.getVirtualItems().some((row) => row.index === activeRow);

  if (data.error) return <ErrorState error={data.error} onRetry={data.retry} />;
  if (data.total === 0) return empty;
  return (
    // biome-ignore lint/a11y/useSemanticElements: cells of a grid that is not a table
    <div
      ref={merged}
      className={classes.scroller}
      role="grid"
      aria-label={NOUNS[about.elements]}
      aria-multiselectable="true"
      aria-rowcount={nRows}
      aria-colcount={columns}
      aria-activedescendant={hasActive ? `cell-${active}` : undefined}
      aria-busy={data.total === undefined}
      tabIndex={0}
      data-scroll-restoration-id="grid"
      onClick={(event) => {
        if (!marquee.hasJustEnded()) onClick(event);
      }}
      onDoubleClick={onDoubleClick}
      onKeyDown={() => {}}
      onPointerDown={marquee.onPointerDown}
      onPointerMove={marquee.onPointerMove}
      onPointerUp={marquee.onPointerUp}
      onPointerCancel={marquee.onPointerUp}
    >
      {data.total === undefined ? <LoadingState label="Finding frames" /> : null}
      <div className={classes.rows} style={{ height: scrolledHeight(nRows * rowHeight + 2 * PAD) }}>
        {rows.getVirtualItems().map((row) => (
          // biome-ignore lint/a11y/useSemanticElements: cells of a grid that is not a table
          <div
            key={row.key}
            role="row"
            tabIndex={-1}
            aria-rowindex={row.index + 1}
            className={classes.row}
            style={{
              transform: `translate(${PAD}px, ${row.start - (factor === 1 ? 0 : shift)}px)`,
              gap: GAP,
            }}
          >
            {placesOfRow(row.index, columns, total).map((at, column) => {
              const item = data.itemAt(at);
              const batch = data.objectsAt(at);
              return item ? (
                <Cell
                  key={at}
                  place={place}
                  row={item}
                  index={at}
                  column={column}
                  elements={about.elements}
                  isActive={at === active}
                  view={view}
                  batch={batch?.body}
                  batchPlace={batch?.place ?? 0}
                  shown={shown}
                  look={look}
                  sortField={readSort(about.sort)?.field}
                  hrefOf={open.hrefOf}
                />
              ) : (
                // biome-ignore lint/a11y/useSemanticElements: cells of a grid that is not a table
                <div
                  key={at}
                  role="gridcell"
                  tabIndex={-1}
                  aria-busy="true"
                  className={classes.blank}
                  style={view}
                />
              );
            })}
          </div>
        ))}
        {marquee.box ? (
          <div
            className={classes.marquee}
            style={{
              left: marquee.box.x,
              top: marquee.box.y,
              width: marquee.box.width,
              height: marquee.box.height,
            }}
          />
        ) : null}
      </div>
    </div>
  );
}

function placesOfRow(row: number, columns: number, total: number): readonly number[] {
  const first = row * columns;
  return Array.from({ length: Math.min(columns, total - first) }, (_, i) => first + i);
}

/** Height over width of the pictures: that of the first one for frames, square for crops. */
function useAspect(first: ElementRow | undefined, elements: About["elements"]): number {
  const known = useRef(0.65);
  if (elements !== "frames") return 1;
  if (first && typeof first.width === "number" && typeof first.height === "number" && first.width > 0) {
    known.current = Math.min(1.25, Math.max(0.5, first.height / first.width));
  }
  return known.current;
}

/** Scroll as little as brings a row into view. */
function reveal(element: HTMLElement | null, top: number, rowHeight: number, factor: number): void {
  if (!element) return;
  const from = element.scrollTop * factor;
  const lowest = top + rowHeight + 2 * PAD - element.clientHeight;
  if (top < from) element.scrollTop = top / factor;
  else if (lowest > from) element.scrollTop = Math.ceil(lowest / factor);
}

/** Where one pixel of the scrollbar stands for many, a wheel still moves as far as it does elsewhere. */
function useFineWheel(scroller: RefObject<HTMLElement | null>, factor: number, isThere: boolean): void {
  useEffect(() => {
    const element = scroller.current;
    if (!element || factor === 1 || !isThere) return;
    let rest = 0;
    const turn = (event: WheelEvent) => {
      if (event.ctrlKey) return;
      event.preventDefault();
      const wanted = rest + (event.deltaMode === 1 ? event.deltaY * 24 : event.deltaY) / factor;
      const before = element.scrollTop;
      element.scrollTop = before + wanted;
      rest = Math.abs(wanted) < 1 ? wanted - (element.scrollTop - before) : 0;
    };
    element.addEventListener("wheel", turn, { passive: false });
    return () => element.removeEventListener("wheel", turn);
  }, [scroller, factor, isThere]);
}

/** Rows of another height lie elsewhere. */
function useRemeasured(measure: () => void, rowHeight: number, factor: number): void {
  const last = useRef({ rowHeight, factor });
  if (last.current.rowHeight === rowHeight && last.current.factor === factor) return;
  last.current = { rowHeight, factor };
  queueMicrotask(measure);
}

/** Where an element leads: the page of its frame, which walks the selection when the element is in it. */
function useOpen(about: About) {
  const place = usePlace();
  const view = useView();
  const go = useGo();
  const store = useSelectionStore();
  const hrefOf = useCallback(
    (row: ElementRow) => {
      const isFrame = about.elements === "frames";
      const extra: Record<string, string> = { ...view.extra };
      if (!isFrame) extra.object = row.id;
      return framePath(place, isFrame ? row.id : String(row.frame_id), { ...view, extra });
    },
    [about.elements, place, view],
  );
  return {
    hrefOf,
    go: (row: ElementRow) => {
      const { selection } = store.read();
      const isWalk = selection.kind === "ids" && selection.ids.size > 1 && selection.ids.has(row.id);
      const href = hrefOf(row);
      go(isWalk ? `${href}${href.includes("?") ? "&" : "?"}walk=selection` : href);
    },
  };
}
