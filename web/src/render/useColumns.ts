/** Columns of equal cells that fill a width. */

import { useElementSize } from "@mantine/hooks";

/** How many columns fit, and how wide they are, in whole pixels; `width` is 0 until it was measured. */
export function useColumns<Element extends HTMLElement = HTMLDivElement>(least: number, gap: number) {
  const { ref, width } = useElementSize<Element>();
  const columns = Math.max(1, Math.floor((width + gap) / (least + gap)));
  const cellWidth = Math.max(0, Math.floor((width - gap * (columns - 1)) / columns));
  return { ref, width, columns, cellWidth };
}
