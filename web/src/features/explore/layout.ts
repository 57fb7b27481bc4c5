/** How Explore shows what matches: as pictures, as points, or both beside each other. */

export const LAYOUTS = [
  { layout: "grid", name: "Grid" },
  { layout: "map", name: "Map" },
  { layout: "both", name: "Both" },
] as const;

export type Layout = (typeof LAYOUTS)[number]["layout"];

/** The layout as the address says; the grid where it says nothing. */
export function readLayout(text: string | undefined): Layout {
  return LAYOUTS.find(({ layout }) => layout === text)?.layout ?? "grid";
}
