/** From answers of the server to objects that are drawn. */

import type { ObjectColumns, ObjectsBody } from "@/api/types";
import type { Box } from "@/render/geometry";
import { type DrawnObject, outlinesOf } from "@/render/objects";

/** Which objects are shown. */
export interface Shown {
  readonly labels: boolean;
  readonly inferences: boolean;
  /** Names by position in the class map. */
  readonly classNames: readonly string[];
  /** Layers of inference sets, and the least confidence of each. */
  readonly sets: readonly { readonly name: string; readonly confidence: number }[];
}

/** The objects of one frame of a batch. */
export function objectsOfFrame(body: ObjectsBody, frame: number, shown: Shown): readonly DrawnObject[] {
  const found: DrawnObject[] = [];
  if (shown.labels) addColumns(found, body.labels, frame, shown.classNames, 0, 0);
  if (shown.inferences) {
    shown.sets.forEach(({ name, confidence }, place) => {
      const columns = body.inferences[name];
      if (columns) addColumns(found, columns, frame, shown.classNames, place + 1, confidence);
    });
  }
  return found;
}

function addColumns(
  found: DrawnObject[],
  columns: ObjectColumns,
  frame: number,
  classNames: readonly string[],
  layer: number,
  least: number,
): void {
  const { offsets, classes, boxes, confidence } = columns;
  for (let i = offsets[frame] ?? 0; i < (offsets[frame + 1] ?? 0); i++) {
    const own = confidence?.[i] ?? null;
    if (own !== null && own < least) continue;
    const [x = 0, y = 0, width = 0, height = 0] = boxes?.slice(4 * i, 4 * i + 4) ?? [];
    found.push({
      id: `${layer}:${i}`,
      box: boxes ? { x, y, width, height } : null,
      className: classNames[classes[i] ?? -1] ?? "?",
      confidence: own,
      layer,
    });
  }
}

/** A row of labels or inferences as the interface gives it. */
export type ObjectRow = Readonly<Record<string, unknown>>;

/** An object of a frame's own page; ids are made unique over labels and sets by their layer. */
export function drawnObject(row: ObjectRow, layer: number): DrawnObject {
  const id = layer === 0 ? row.label_id : row.inference_id;
  const box = Array.isArray(row.box) ? (row.box as number[]) : null;
  const [x = 0, y = 0, width = 0, height = 0] = box ?? [];
  return {
    id: objectKey(layer, String(id)),
    box: box ? { x, y, width, height } : null,
    className: String(row.class ?? "?"),
    confidence: typeof row.confidence === "number" ? row.confidence : null,
    layer,
    outlines: outlinesOf(row.segmentation),
  };
}

/** The key of a label (layer 0) or of an inference of a set. */
export function objectKey(layer: number, id: string): string {
  return `${layer}:${id}`;
}

/** The box of a crop's row; null for tasks without boxes. */
export function boxOf(row: ObjectRow): Box | null {
  const { x, y, w, h } = row;
  const isBox = [x, y, w, h].every((part) => typeof part === "number");
  if (!isBox || (w as number) <= 0 || (h as number) <= 0) return null;
  return { x: x as number, y: y as number, width: w as number, height: h as number };
}
