/** What is needed to draw elements by their ids: images, crops, labels over them. */

import { useQueries, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useProject } from "@/api/projects";
import { type ElementRow, objectsOptions, pageAtOptions } from "@/api/selections";
import type { ObjectsBody } from "@/api/types";
import { classColours } from "@/core/colours";
import type { Place } from "@/core/paths";
import type { ElementKind } from "@/core/selection";
import type { Box, Size } from "@/render/geometry";
import type { DrawnObject, OverlayLook } from "@/render/objects";
import { boxOf, objectsOfFrame } from "./drawing";

/** Elements asked for at once. */
const PAGE = 1000;
/** Frames whose labels are asked for at once. */
const BATCH = 100;
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

/** One element as it is drawn. */
export interface PictureOf {
  readonly frame: string;
  readonly hasImage: boolean;
  readonly image: Size | null;
  readonly crop: Box | undefined;
  /** Of crops. */
  readonly className: string | undefined;
  readonly objects: readonly DrawnObject[];
}

/** Elements to draw; the same kind all of them. */
export interface PicturesRequest {
  readonly elements: ElementKind;
  readonly inferenceSet?: string | null | undefined;
  readonly ids: readonly string[];
}

/** Elements as they are drawn. */
export interface Pictures {
  readonly place: Place;
  readonly look: OverlayLook;
  /** Undefined until it is known. */
  readonly of: (id: string) => PictureOf | undefined;
}

const NONE: readonly DrawnObject[] = [];

/** Ask for what is drawn. */
export function usePictures(place: Place, { elements, inferenceSet, ids }: PicturesRequest): Pictures {
  const isFrames = elements === "frames";
  const { data: project } = useProject(place.project);
  const { data: page } = useQuery({
    ...pageAtOptions(
      place,
      {
        selection: { ids: [...ids] },
        elements,
        columns: isFrames ? FRAME_COLUMNS : CROP_COLUMNS,
        ...(elements === "inferences" ? { inference_set: inferenceSet ?? null } : {}),
      },
      0,
      PAGE,
    ),
    enabled: ids.length > 0,
    placeholderData: (before) => before,
  });
  const batches = useMemo(() => (isFrames ? chunks(ids, BATCH) : []), [isFrames, ids]);
  const bodies = useQueries({
    queries: batches.map((frames) => ({ ...objectsOptions(place, frames, []), staleTime: 300_000 })),
    combine: combined,
  });
  const look = useMemo<OverlayLook>(
    () => ({
      colourOf: classColours(project?.classes ?? []),
      showsClasses: false,
      showsConfidence: false,
      lineWidth: 1.25,
      fontSize: 10,
    }),
    [project?.classes],
  );
  const named = useMemo(() => (project?.classes ?? []).map(({ name }) => name), [project?.classes]);
  return useMemo(() => {
    const rows = new Map(page?.items.map((row) => [row.id, row]));
    const objects = drawnObjects(bodies, named);
    const known = new Map<string, PictureOf>();
    return {
      place,
      look,
      of: (id) => {
        const row = rows.get(id);
        if (!row) return undefined;
        const found =
          known.get(id) ?? (isFrames ? frameOf(row, objects.get(id) ?? NONE) : cropOf(row, elements));
        known.set(id, found);
        return found;
      },
    };
  }, [place, look, page, bodies, named, isFrames, elements]);
}

function combined(answers: readonly { data: ObjectsBody | undefined }[]): readonly ObjectsBody[] {
  return answers.flatMap(({ data }) => (data ? [data] : []));
}

function drawnObjects(bodies: readonly ObjectsBody[], classNames: readonly string[]) {
  const shown = { labels: true, inferences: false, classNames, sets: [] };
  return new Map(
    bodies.flatMap((body) =>
      body.frame_ids.map((frame, place) => [frame, objectsOfFrame(body, place, shown)] as const),
    ),
  );
}

function frameOf(row: ElementRow, objects: readonly DrawnObject[]): PictureOf {
  return {
    frame: row.id,
    hasImage: Boolean(row.url),
    image: sizeOf(row.width, row.height),
    crop: undefined,
    className: undefined,
    objects,
  };
}

function cropOf(row: ElementRow, elements: ElementKind): PictureOf {
  const crop = boxOf(row) ?? undefined;
  const className = String(row.class ?? "");
  const layer = elements === "labels" ? 0 : 1;
  return {
    frame: String(row.frame_id),
    hasImage: Boolean(row["frame.url"]),
    image: sizeOf(row["frame.width"], row["frame.height"]),
    crop,
    className,
    objects: crop ? [{ id: row.id, box: crop, className, confidence: null, layer }] : NONE,
  };
}

function sizeOf(width: unknown, height: unknown): Size | null {
  return typeof width === "number" && typeof height === "number" && width > 0 && height > 0
    ? { width, height }
    : null;
}

/** A list in parts of a length. */
function chunks<Item>(items: readonly Item[], length: number): readonly (readonly Item[])[] {
  const parts: (readonly Item[])[] = [];
  for (let at = 0; at < items.length; at += length) parts.push(items.slice(at, at + length));
  return parts;
}
