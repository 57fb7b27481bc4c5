/** What the grid shows: pages of elements and what is drawn over them, asked for as they come into view. */

import { useQueries } from "@tanstack/react-query";
import { useMemo } from "react";
import {
  type ElementRow,
  fetchPage,
  objectsOptions,
  type PagesRequest,
  pageAtOptions,
  useCount,
} from "@/api/selections";
import type { ObjectsBody } from "@/api/types";
import type { Place } from "@/core/paths";
import type { ElementKind } from "@/core/selection";
import { readSort } from "../sorting";

/** Elements asked for at once; the interface draws for up to 200. */
const PAGE = 100;
/** Ids asked for at once when a range reaches beyond what was loaded. */
const RANGE_PAGE = 1000;
/** More than that is a case for "Select all". */
export const LONGEST_RANGE = 20_000;

const FRAME_COLUMNS = ["id", "width", "height", "url"];
const CROP_COLUMNS = [
  "id",
  "frame_id",
  "class",
  "x",
  "y",
  "w",
  "h",
  "frame.width",
  "frame.height",
  "frame.url",
];

/** The columns a grid needs of its elements. */
export function gridColumns(elements: ElementKind, sort: string | undefined): string[] {
  const own = elements === "frames" ? FRAME_COLUMNS : CROP_COLUMNS;
  const field = readSort(sort)?.field;
  return [
    ...new Set([...own, ...(elements === "inferences" ? ["confidence"] : []), ...(field ? [field] : [])]),
  ];
}

/** Places in the order shown. */
export interface PlaceRange {
  readonly first: number;
  readonly last: number;
}

/** Pages that hold places, with one more on either side. */
export function pagesAround({ first, last }: PlaceRange, total: number): readonly number[] {
  const end = Math.max(0, Math.ceil(total / PAGE) - 1);
  const from = Math.max(0, Math.floor(first / PAGE) - 1);
  const to = Math.min(end, Math.floor(last / PAGE) + 1);
  return Array.from({ length: Math.max(0, to - from) + 1 }, (_, i) => from + i);
}

/** Objects of one page of frames, and where a frame is among them. */
export interface DrawnBatch {
  readonly body: ObjectsBody;
  readonly place: number;
}

/** The elements around what is in view. */
export interface GridData {
  readonly total: number | undefined;
  readonly error: unknown;
  readonly retry: () => void;
  /** Of all elements loaded now. */
  readonly ids: readonly string[];
  readonly itemAt: (place: number) => ElementRow | undefined;
  readonly objectsAt: (place: number) => DrawnBatch | undefined;
  /** Ids of places, also of such as were not loaded. */
  readonly idsOf: (range: PlaceRange) => Promise<readonly string[]>;
}

/** Load what is in view and around it. */
export function useGridData(
  place: Place,
  request: PagesRequest,
  range: PlaceRange,
  drawnSets: readonly string[] | null,
): GridData {
  const { elements = "frames", sort } = request;
  const wanted = useMemo(
    () => ({ ...request, columns: gridColumns(elements, sort ?? undefined) }),
    [request, elements, sort],
  );
  const { sort: _, ...unsorted } = request;
  const count = useCount(place, unsorted);
  const total = count.data?.count;
  const pages = pagesAround(range, total ?? 0);
  const loaded = useQueries({
    queries: pages.map((page) => ({
      ...pageAtOptions(place, wanted, page * PAGE, PAGE),
      staleTime: 300_000,
    })),
  });
  const isDrawn = drawnSets !== null && elements === "frames";
  const drawn = isDrawn
    ? loaded.flatMap(({ data }, i) => (data?.items.length ? [{ page: i, items: data.items }] : []))
    : [];
  const objects = useQueries({
    queries: drawn.map(({ items }) => ({
      ...objectsOptions(
        place,
        items.map((row) => row.id),
        drawnSets ?? [],
      ),
      staleTime: 300_000,
    })),
  });
  const firstPage = pages[0] ?? 0;
  return {
    total,
    error: count.error ?? loaded.find(({ error }) => error)?.error ?? null,
    retry: () => {
      void count.refetch();
      for (const page of loaded) if (page.error) void page.refetch();
    },
    ids: loaded.flatMap(({ data }) => data?.items.map((row) => row.id) ?? []),
    itemAt: (at) => loaded[Math.floor(at / PAGE) - firstPage]?.data?.items[at % PAGE],
    objectsAt: (at) => {
      const page = Math.floor(at / PAGE) - firstPage;
      const body = objects[drawn.findIndex((entry) => entry.page === page)]?.data;
      return body && { body, place: at % PAGE };
    },
    idsOf: async ({ first, last }) => {
      const found: string[] = [];
      for (let offset = first; offset <= last; offset += RANGE_PAGE) {
        const limit = Math.min(RANGE_PAGE, last - offset + 1);
        const answer = await fetchPage(place, { ...request, columns: ["id"], offset, limit });
        found.push(...answer.items.map((row) => String(row.id)));
      }
      return found;
    },
  };
}
