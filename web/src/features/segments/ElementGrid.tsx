/** Thumbnails that can be selected; rows out of sight are not drawn. */

import { Checkbox } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type MouseEvent, useEffect, useLayoutEffect, useRef, useState } from "react";
import type { ElementRow } from "@/api/selections";
import { framePath, type Place } from "@/core/paths";
import { isSelected, type Selection } from "@/core/selection";
import { imageUrl } from "@/render/imageUrl";
import { AppLink } from "@/ui/AppLink";
import classes from "./ElementGrid.module.css";

const CELL_WIDTH_PX = 168;
const GAP_PX = 8;
const CAPTION_HEIGHT_PX = 28;

/** Elements in order, and what is selected of them. */
export interface ElementGridProps {
  readonly place: Place;
  readonly rows: readonly ElementRow[];
  readonly isFrames: boolean;
  readonly selection: Selection;
  readonly canSelect: boolean;
  readonly onToggle: (id: string, isRange: boolean) => void;
  /** The last rows came into sight. */
  readonly onEnd: () => void;
}

/** The grid. */
export function ElementGrid({
  place,
  rows,
  isFrames,
  selection,
  canSelect,
  onToggle,
  onEnd,
}: ElementGridProps) {
  const { ref: sizeRef, width } = useElementSize();
  const frame = useRef<HTMLDivElement>(null);
  const [offset, setOffset] = useState(0);
  const n_columns = Math.max(1, Math.floor((width + GAP_PX) / (CELL_WIDTH_PX + GAP_PX)));
  const cellWidth = (width - GAP_PX * (n_columns - 1)) / n_columns;
  const rowHeight = Math.round(cellWidth * 0.64) + CAPTION_HEIGHT_PX + GAP_PX;
  const n_rows = Math.ceil(rows.length / n_columns);

  useLayoutEffect(() => {
    const scroller = scrollerOf();
    if (!frame.current || !scroller) return;
    setOffset(
      frame.current.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop,
    );
  });

  const virtual = useVirtualizer({
    count: n_rows,
    getScrollElement: scrollerOf,
    estimateSize: () => rowHeight,
    overscan: 3,
    scrollMargin: offset,
    enabled: width > 0,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new row height lays out anew
  useLayoutEffect(() => {
    virtual.measure();
  }, [virtual, rowHeight]);

  const shown = virtual.getVirtualItems();
  const lastShown = shown.at(-1)?.index ?? -1;
  useEffect(() => {
    if (lastShown >= n_rows - 3 && n_rows > 0) onEnd();
  }, [lastShown, n_rows, onEnd]);

  return (
    <div
      ref={(element) => {
        frame.current = element;
        sizeRef(element);
      }}
    >
      <div className={classes.space} style={{ height: virtual.getTotalSize() }}>
        {shown.map((item) => (
          <div
            key={item.key}
            className={classes.row}
            style={{
              transform: `translateY(${item.start - offset}px)`,
              gridTemplateColumns: `repeat(${n_columns}, minmax(0, 1fr))`,
              height: rowHeight - GAP_PX,
            }}
          >
            {rows.slice(item.index * n_columns, (item.index + 1) * n_columns).map((row) => (
              <Cell
                key={row.id}
                place={place}
                row={row}
                isFrames={isFrames}
                isChosen={canSelect && isSelected(selection, row.id)}
                canSelect={canSelect}
                onToggle={onToggle}
              />
            ))}
          </div>
        ))}
      </div>
    </div>
  );
}

interface CellProps {
  readonly place: Place;
  readonly row: ElementRow;
  readonly isFrames: boolean;
  readonly isChosen: boolean;
  readonly canSelect: boolean;
  readonly onToggle: (id: string, isRange: boolean) => void;
}

function Cell({ place, row, isFrames, isChosen, canSelect, onToggle }: CellProps) {
  const frame = isFrames ? row.id : String(row.frame_id ?? "");
  const caption = isFrames ? row.id : `${String(row.class ?? "")} · ${frame}`;
  const click = (event: MouseEvent) => {
    if (canSelect) onToggle(row.id, event.shiftKey);
  };
  return (
    <div className={classes.cell} data-chosen={isChosen || undefined}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the checkbox beside it does the same by keyboard */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the checkbox beside it does the same by keyboard */}
      <div className={classes.picture} onClick={click}>
        <Thumbnail key={row.id} src={thumbnailUrl(place, frame, isFrames ? null : row)} />
      </div>
      {canSelect ? (
        <Checkbox
          className={classes.check}
          aria-label={`Select ${row.id.slice(0, 200)}`}
          checked={isChosen}
          onChange={(event) =>
            onToggle(row.id, (event.nativeEvent as unknown as MouseEvent).shiftKey === true)
          }
        />
      ) : null}
      <AppLink
        href={framePath(place, frame)}
        className={`${classes.caption} one-line`}
        title={row.id.slice(0, 300)}
      >
        {caption}
      </AppLink>
    </div>
  );
}

function Thumbnail({ src }: { src: string }) {
  const [isBroken, setIsBroken] = useState(false);
  if (isBroken) return <span className={classes.missing}>no image</span>;
  return (
    <img
      src={src}
      alt=""
      loading="lazy"
      decoding="async"
      draggable={false}
      onError={() => setIsBroken(true)}
    />
  );
}

function thumbnailUrl(place: Place, frame: string, crop: ElementRow | null): string {
  const side = CELL_WIDTH_PX * Math.min(2, Math.ceil(window.devicePixelRatio));
  if (crop === null) return imageUrl(place, frame, side);
  const [x, y, width, height] = [crop.x, crop.y, crop.w, crop.h].map(Number);
  const isBox = [x, y, width, height].every((number) => Number.isFinite(number));
  return isBox
    ? imageUrl(place, frame, side, { x, y, width, height } as {
        x: number;
        y: number;
        width: number;
        height: number;
      })
    : imageUrl(place, frame, side);
}

function scrollerOf(): HTMLElement | null {
  return document.getElementById("content");
}
