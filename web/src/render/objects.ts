/** What is drawn over images: labels and inferences. */

import { type Box, contains, type Point } from "./geometry";

/** One label or inference. */
export interface DrawnObject {
  readonly id: string;
  /** Null for tasks without boxes: the class is then told in the corner. */
  readonly box: Box | null;
  readonly className: string;
  /** Null for labels. */
  readonly confidence: number | null;
  /** 0 for labels, then the inference sets in their order. */
  readonly layer: number;
  /** Outlines, x and y in turn. */
  readonly outlines?: readonly (readonly number[])[];
}

/** How objects are drawn. */
export interface OverlayLook {
  readonly colourOf: (className: string) => string;
  readonly showsClasses: boolean;
  readonly showsConfidence: boolean;
  /** More than one set is shown: their boxes are hatched to tell them apart. */
  readonly isHatched?: boolean;
  readonly lineWidth?: number;
  readonly fontSize?: number;
  /** These are drawn strongly, all others faintly; absent: all alike. */
  readonly highlighted?: ReadonlySet<string> | undefined;
}

const LONGEST_NAME = 28;

/** The words beside an object: its class, its confidence, or both. */
export function caption(object: DrawnObject, look: OverlayLook): string {
  const words: string[] = [];
  if (look.showsClasses) words.push(shortened(object.className));
  if (look.showsConfidence && object.confidence !== null) words.push(object.confidence.toFixed(2));
  return words.join(" ");
}

function shortened(name: string): string {
  const letters = [...name.slice(0, LONGEST_NAME * 4).replaceAll(/\s+/g, " ")];
  return letters.length > LONGEST_NAME ? `${letters.slice(0, LONGEST_NAME - 1).join("")}…` : letters.join("");
}

/** The smallest object at a place of the image. */
export function objectAt(objects: readonly DrawnObject[], point: Point): DrawnObject | null {
  let found: DrawnObject | null = null;
  let least = Number.POSITIVE_INFINITY;
  for (const object of objects) {
    if (!object.box || !contains(object.box, point)) continue;
    const area = object.box.width * object.box.height;
    if (area < least) {
      least = area;
      found = object;
    }
  }
  return found;
}

/** Outlines of a COCO segmentation as the source has it: polygons; anything else gives none. */
export function outlinesOf(segmentation: unknown): readonly (readonly number[])[] {
  if (typeof segmentation !== "string") return [];
  try {
    const parsed: unknown = JSON.parse(segmentation);
    return Array.isArray(parsed) ? parsed.filter(isOutline) : [];
  } catch {
    return [];
  }
}

function isOutline(value: unknown): value is number[] {
  return Array.isArray(value) && value.length >= 6 && value.every((part) => typeof part === "number");
}
