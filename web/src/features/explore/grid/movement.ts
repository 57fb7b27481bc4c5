/** Where things are in the grid, and where keys lead. */

import type { Box } from "@/render/geometry";

/** A grid of equal cells. */
export interface GridShape {
  readonly total: number;
  readonly columns: number;
  /** Rows that fit into the window. */
  readonly rowsInView: number;
}

/** The cell a key leads to; `null` for keys that lead nowhere. */
export function moved(key: string, from: number, { total, columns, rowsInView }: GridShape): number | null {
  if (total === 0) return null;
  const page = Math.max(1, rowsInView - 1) * columns;
  const steps: Readonly<Record<string, number>> = {
    ArrowRight: from + 1,
    ArrowLeft: from - 1,
    ArrowDown: from + columns < total ? from + columns : from,
    ArrowUp: from - columns >= 0 ? from - columns : from,
    j: from + 1,
    k: from - 1,
    PageDown: from + page,
    PageUp: from - page,
    Home: 0,
    End: total - 1,
  };
  const to = steps[key];
  return to === undefined ? null : Math.min(total - 1, Math.max(0, to));
}

/** How many cells of a least width fit beside one another, and how wide each is. */
export function columnsIn(width: number, size: number, gap: number): { columns: number; cellWidth: number } {
  const columns = Math.max(1, Math.floor((width + gap) / (size + gap)));
  return { columns, cellWidth: Math.max(1, Math.floor((width - gap * (columns - 1)) / columns)) };
}

/** Browsers lose count beyond some 33 million pixels of height. */
const TALLEST_PX = 16_000_000;

/** How far one pixel of scrolling moves the rows: 1 unless they are taller than a browser can scroll. */
export function scrollFactor(height: number, view: number): number {
  return height <= TALLEST_PX ? 1 : (height - view) / (TALLEST_PX - view);
}

/** The height the scrollbar is for. */
export function scrolledHeight(height: number): number {
  return Math.min(height, TALLEST_PX);
}

/** The cells a rectangle touches, in the coordinates of the rows; places of the total, in order. */
export function cellsIn(
  box: Box,
  shape: GridShape,
  cell: { readonly width: number; readonly height: number; readonly gap: number },
): readonly number[] {
  const across = (from: number, length: number, size: number, end: number) => {
    const step = size + cell.gap;
    const first = Math.max(0, Math.ceil((from - size) / step));
    const last = Math.min(end, Math.floor((from + length) / step));
    return { first, last };
  };
  const columns = across(box.x, box.width, cell.width, shape.columns - 1);
  const rows = across(box.y, box.height, cell.height, Math.ceil(shape.total / shape.columns) - 1);
  const found: number[] = [];
  for (let row = rows.first; row <= rows.last; row++) {
    for (let column = columns.first; column <= columns.last; column++) {
      const place = row * shape.columns + column;
      if (place < shape.total) found.push(place);
    }
  }
  return found;
}
