/** Everything the map shows: points, colours, what the query and the selection hold. */

import { useComputedColorScheme } from "@mantine/core";
import { useMemo } from "react";
import {
  type MapBody,
  type MapChoice,
  type MapColoursRequest,
  type Projection,
  useMap,
  useMapColours,
  useMapMask,
  useMapPoints,
} from "@/api/maps";
import { useProject } from "@/api/projects";
import { useSegments } from "@/api/segments";
import { classColours } from "@/core/colours";
import type { Where } from "@/core/selection";
import { NO_VALUE, type PointData, type PointLook } from "@/render/scatter/points";
import { usePlace } from "@/state/place";
import { useSelection } from "@/state/selection";
import type { About } from "../about";
import { type ColourChoice, type Colouring, colouringOf, rgbOf } from "./colouring";
import { countsOf, flagsOf } from "./flags";

/** A map and how it looks. */
export interface MapData {
  readonly map: MapBody | undefined;
  readonly points: PointData | undefined;
  readonly look: PointLook;
  readonly colouring: Colouring;
  readonly counts: Uint32Array;
  readonly error: unknown;
  /** Why there are no colours; points are shown in grey then. */
  readonly colourError: unknown;
  readonly retry: () => void;
  /** For requests about elements of this map. */
  readonly request: (where: Where) => MaskRequest;
}

/** What a mask is asked for with. */
export interface MaskRequest {
  readonly selection: Where;
  readonly elements: About["elements"];
  readonly inference_set?: string;
  readonly confidence?: number;
  readonly iou?: number;
}

const MOST_SEGMENTS = 32;

/** Load a map. */
export function useMapData(
  about: About,
  space: string,
  method: Projection | undefined,
  colour: ColourChoice,
): MapData {
  const place = usePlace();
  const { elements, query } = about;
  const { inference_set, confidence, iou } = about.request;
  const choice = useMemo<MapChoice>(
    () => ({
      space,
      elements,
      ...(inference_set && elements === "inferences" ? { inference_set } : {}),
      ...(method ? { method } : {}),
    }),
    [space, elements, inference_set, method],
  );
  const found = useMap(place, choice);
  const map = found.data;
  const xy = useMapPoints(place, choice, map);
  const request = useMemo(
    () => (selection: Where) => ({
      selection,
      elements,
      ...(inference_set ? { inference_set } : {}),
      ...(typeof confidence === "number" ? { confidence } : {}),
      ...(typeof iou === "number" ? { iou } : {}),
    }),
    [elements, inference_set, confidence, iou],
  );
  const colours = useMapColours(place, useColourRequest(choice, colour, request), map);
  const { where: selected } = useSelection();
  const shownMask = useMapMask(place, query.trim() ? request({ query }) : null);
  const selectedMask = useMapMask(place, selected ? request(selected) : null);
  const colouring = useColouring(colours.data, colour, map?.n_elements ?? 0);

  const points = useMemo<PointData | undefined>(() => {
    if (!xy.data) return undefined;
    const n = xy.data.length / 2;
    const isFitting = colouring.codes.length === n;
    return {
      xy: xy.data,
      codes: isFitting ? colouring.codes : new Uint8Array(n).fill(NO_VALUE),
      flags: flagsOf(
        n,
        fitting(query.trim() ? shownMask.data?.bits : undefined, n),
        fitting(selected ? selectedMask.data?.bits : undefined, n),
      ),
    };
  }, [xy.data, colouring, query, shownMask.data, selected, selectedMask.data]);
  const counts = useMemo(
    () => (points ? countsOf(points.codes, points.flags, points.xy) : new Uint32Array(256)),
    [points],
  );
  return {
    map,
    points,
    look: useLook(colouring, selected !== null && selectedMask.data !== undefined),
    colouring,
    counts,
    error: found.error ?? xy.error ?? shownMask.error ?? null,
    colourError: colours.error,
    retry: () => {
      void found.refetch();
      if (xy.error) void xy.refetch();
      if (shownMask.error) void shownMask.refetch();
    },
    request,
  };
}

/** A mask of another version of the dataset says nothing of these elements. */
function fitting(bits: Uint8Array | undefined, n: number): Uint8Array | undefined {
  return bits && bits.length === Math.ceil(n / 8) ? bits : undefined;
}

function useColourRequest(
  choice: MapChoice,
  { by, name }: ColourChoice,
  request: (where: Where) => MaskRequest,
): MapColoursRequest | null {
  const { data: segments } = useSegments(usePlace());
  return useMemo(() => {
    const { selection: _, ...about } = request({ query: "" });
    const own = { ...about, ...choice };
    if (by === "field") return { ...own, field: name };
    if (by === "outcome") return { ...own, outcome_of: name };
    const named = segments?.filter(({ type }) => type === name).map((segment) => segment.name);
    return named ? { ...own, segments: named.slice(0, MOST_SEGMENTS) } : null;
  }, [choice, by, name, request, segments]);
}

function useColouring(
  answer: ReturnType<typeof useMapColours>["data"],
  colour: ColourChoice,
  nElements: number,
): Colouring {
  const { data: project } = useProject(usePlace().project);
  const { by, name } = colour;
  return useMemo(() => {
    if (answer) return colouringOf(answer, { by, name }, classColours(project?.classes ?? []));
    return { codes: new Uint8Array(nElements).fill(NO_VALUE), rows: [], missingQuery: null };
  }, [answer, by, name, project?.classes, nElements]);
}

function useLook(colouring: Colouring, hasSelection: boolean): PointLook {
  const scheme = useComputedColorScheme("light");
  // biome-ignore lint/correctness/useExhaustiveDependencies: the colours of the page are those of its scheme
  return useMemo(() => {
    const page = getComputedStyle(document.documentElement);
    const token = (name: string) => rgbOf(page.getPropertyValue(name));
    return {
      colours: colouring.rows.map(({ colour }) => colour),
      shapes: colouring.rows.map(({ shape }) => shape),
      none: token("--interval"),
      page: token("--page"),
      dimmed: token("--rule"),
      ring: token("--text"),
      hasSelection,
    };
  }, [colouring, hasSelection, scheme]);
}
