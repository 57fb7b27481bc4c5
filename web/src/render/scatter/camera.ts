/** Where the plane of a map lies in a view. */

import type { Point, Size } from "../geometry";

/** The place of the plane in the middle of the view, and CSS pixels per unit; y points up. */
export interface Camera {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

/** x least, y least, x most, y most. */
export type Bounds = readonly [number, number, number, number];

/** How far one may zoom in, relative to the whole. */
const DEEPEST = 2000;
const PAD_PX = 32;

/** The whole map in the view. */
export function wholeMap([left, bottom, right, top]: Bounds, view: Size): Camera {
  const width = Math.max(right - left, 1e-9);
  const height = Math.max(top - bottom, 1e-9);
  const scale = Math.min(
    Math.max(1, view.width - 2 * PAD_PX) / width,
    Math.max(1, view.height - 2 * PAD_PX) / height,
  );
  return { x: (left + right) / 2, y: (bottom + top) / 2, scale };
}

/** Zoomed by a factor around a place of the view. */
export function zoomedCamera(camera: Camera, factor: number, at: Point, view: Size, whole: Camera): Camera {
  const scale = Math.min(whole.scale * DEEPEST, Math.max(whole.scale / 4, camera.scale * factor));
  const under = inPlane(at, camera, view);
  return {
    x: under.x - (at.x - view.width / 2) / scale,
    y: under.y + (at.y - view.height / 2) / scale,
    scale,
  };
}

/** Moved by pixels of the view. */
export function pannedCamera(camera: Camera, dx: number, dy: number): Camera {
  return { ...camera, x: camera.x - dx / camera.scale, y: camera.y + dy / camera.scale };
}

/** The place of the plane under a place of the view. */
export function inPlane(at: Point, camera: Camera, view: Size): Point {
  return {
    x: camera.x + (at.x - view.width / 2) / camera.scale,
    y: camera.y - (at.y - view.height / 2) / camera.scale,
  };
}

/** The place of the view over a place of the plane. */
export function inView(at: Point, camera: Camera, view: Size): Point {
  return {
    x: (at.x - camera.x) * camera.scale + view.width / 2,
    y: (camera.y - at.y) * camera.scale + view.height / 2,
  };
}

/** Size of a point, CSS pixels: small where there are many, larger the nearer one looks. */
export function pointSize(nPoints: number, camera: Camera, whole: Camera): number {
  const base = Math.min(8, Math.max(1.5, 16 / Math.max(nPoints, 1) ** 0.16));
  return Math.min(12, base * Math.max(1, camera.scale / whole.scale) ** 0.3);
}
