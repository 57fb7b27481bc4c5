/** Boxes of the labels and inferences that outcomes name, asked for page by page. */

import { useQueries } from "@tanstack/react-query";
import { useMemo } from "react";
import { keys } from "@/api/keys";
import type { Outcome } from "@/api/numbers";
import { fetchPage } from "@/api/selections";
import type { Place } from "@/core/paths";
import type { Box, Size } from "@/render/geometry";
import type { DrawnObject } from "@/render/objects";

/** What is drawn for one outcome. */
export interface OutcomeObjects {
  /** The size of the whole image. */
  readonly image: Size | null;
  /** Around label and inference; absent for tasks without boxes. */
  readonly crop: Box | undefined;
  readonly objects: readonly DrawnObject[];
  /** False until the server has told of them; the picture waits, for it depends on where they are. */
  readonly isKnown: boolean;
  /** Whether the frame has an image at all. */
  readonly hasImage: boolean;
}

const COLUMNS = ["x", "y", "w", "h", "class", "frame.width", "frame.height", "frame.url"];
const LABEL_LAYER = 0;
const INFERENCE_LAYER = 1;

interface Found {
  readonly object: DrawnObject;
  readonly image: Size | null;
  readonly hasImage: boolean;
}

/** Ask for the objects of all pages; what has not arrived is absent. */
export function useOutcomeObjects(
  place: Place,
  set: string,
  pages: readonly (readonly Outcome[])[],
): (outcome: Outcome) => OutcomeObjects {
  const asked = pages.map((items) => ({
    labels: items.flatMap((outcome) => outcome.label_id ?? []),
    inferences: items.flatMap((outcome) => outcome.inference_id ?? []),
  }));
  const answers = useQueries({
    queries: asked.flatMap(({ labels, inferences }) => [
      objectsQuery(place, undefined, labels),
      objectsQuery(place, set, inferences),
    ]),
    combine: (results) => results.flatMap((result) => (result.data ? [result.data] : [])),
  });
  return useMemo(() => {
    const labels = new Map<string, Found>();
    const inferences = new Map<string, Found>();
    for (const { isInference, found } of answers) {
      for (const one of found) (isInference ? inferences : labels).set(one.object.id, one);
    }
    return (outcome) => {
      const found = [
        outcome.label_id === null ? undefined : labels.get(outcome.label_id),
        outcome.inference_id === null ? undefined : inferences.get(outcome.inference_id),
      ].filter((one) => one !== undefined);
      const boxes = found.flatMap(({ object }) => object.box ?? []);
      return {
        image: found[0]?.image ?? null,
        crop: boxes.length ? around(boxes) : undefined,
        objects: found.map(({ object }) => object),
        isKnown: found.length > 0 || (outcome.label_id === null && outcome.inference_id === null),
        hasImage: found.every((one) => one.hasImage),
      };
    };
  }, [answers]);
}

function objectsQuery(place: Place, inferenceSet: string | undefined, ids: readonly string[]) {
  return {
    queryKey: keys.within(place, "outcome-objects", inferenceSet, ids),
    enabled: ids.length > 0,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async ({ signal }: { signal: AbortSignal }) => {
      const page = await fetchPage(
        place,
        {
          selection: { ids: [...ids] },
          elements: inferenceSet ? "inferences" : "labels",
          ...(inferenceSet ? { inference_set: inferenceSet } : {}),
          columns: inferenceSet ? [...COLUMNS, "confidence"] : COLUMNS,
          limit: ids.length,
        },
        signal,
      );
      const layer = inferenceSet ? INFERENCE_LAYER : LABEL_LAYER;
      return { isInference: inferenceSet !== undefined, found: page.items.map((row) => foundOf(row, layer)) };
    },
  };
}

function foundOf(row: Readonly<Record<string, unknown>>, layer: number): Found {
  const number = (name: string) => (typeof row[name] === "number" ? row[name] : null);
  const [x, y, width, height] = [number("x"), number("y"), number("w"), number("h")];
  const [imageWidth, imageHeight] = [number("frame.width"), number("frame.height")];
  const hasBox = x !== null && y !== null && width !== null && height !== null;
  return {
    object: {
      id: String(row.id),
      box: hasBox ? { x, y, width, height } : null,
      className: String(row.class ?? ""),
      confidence: layer === LABEL_LAYER ? null : number("confidence"),
      layer,
    },
    hasImage: typeof row["frame.url"] === "string" && row["frame.url"] !== "",
    image: imageWidth !== null && imageHeight !== null ? { width: imageWidth, height: imageHeight } : null,
  };
}

/** The smallest box around boxes. */
export function around(boxes: readonly Box[]): Box {
  const x = Math.min(...boxes.map((box) => box.x));
  const y = Math.min(...boxes.map((box) => box.y));
  const right = Math.max(...boxes.map((box) => box.x + box.width));
  const lower = Math.max(...boxes.map((box) => box.y + box.height));
  return { x, y, width: right - x, height: lower - y };
}
