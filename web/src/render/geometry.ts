/** Where images and boxes lie in a view; image coordinates are pixels of the original. */

/** Width and height. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A place. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A rectangle by its upper left corner. */
export interface Box extends Point, Size {}

/** From image to view: scaled, then moved. */
export interface Transform {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

/** The deepest zoom: one image pixel on so many of the screen. */
export const MAX_SCALE = 40;

/** The whole image in the middle of the view, no larger than `largest` times its size. */
export function fitted(image: Size, view: Size, largest = Number.POSITIVE_INFINITY): Transform {
  const scale = Math.min(view.width / image.width, view.height / image.height, largest);
  if (!(scale > 0) || !Number.isFinite(scale)) return { scale: 1, x: 0, y: 0 };
  return { scale, x: (view.width - image.width * scale) / 2, y: (view.height - image.height * scale) / 2 };
}

/** A box of the image as it lies in the view. */
export function boxInView(box: Box, transform: Transform): Box {
  const { scale, x, y } = transform;
  return { x: box.x * scale + x, y: box.y * scale + y, width: box.width * scale, height: box.height * scale };
}

/** The place of the image under a place of the view. */
export function pointInImage(point: Point, transform: Transform): Point {
  return { x: (point.x - transform.x) / transform.scale, y: (point.y - transform.y) / transform.scale };
}

/** Zoomed by a factor around a place of the view, never smaller than the whole image. */
export function zoomed(transform: Transform, factor: number, at: Point, image: Size, view: Size): Transform {
  const least = fitted(image, view).scale;
  const scale = Math.min(Math.max(MAX_SCALE, least), Math.max(least, transform.scale * factor));
  const under = pointInImage(at, transform);
  return kept({ scale, x: at.x - under.x * scale, y: at.y - under.y * scale }, image, view);
}

/** Moved by pixels of the view. */
export function panned(transform: Transform, dx: number, dy: number, image: Size, view: Size): Transform {
  return kept({ ...transform, x: transform.x + dx, y: transform.y + dy }, image, view);
}

/** The view on one box, with room around it. */
export function framing(box: Box, image: Size, view: Size): Transform {
  const room = { width: box.width * 2.5 + 8, height: box.height * 2.5 + 8 };
  const scale = Math.max(fitted(image, view).scale, Math.min(fitted(room, view).scale, 8));
  const x = view.width / 2 - (box.x + box.width / 2) * scale;
  const y = view.height / 2 - (box.y + box.height / 2) * scale;
  return kept({ scale, x, y }, image, view);
}

/** Without gaps beside an image larger than the view; a smaller one lies in the middle. */
function kept(transform: Transform, image: Size, view: Size): Transform {
  const along = (offset: number, length: number, room: number) => {
    const slack = room - length * transform.scale;
    return slack >= 0 ? slack / 2 : Math.min(0, Math.max(slack, offset));
  };
  return {
    scale: transform.scale,
    x: along(transform.x, image.width, view.width),
    y: along(transform.y, image.height, view.height),
  };
}

/** The part of an image the server cuts for a box: outwards to whole pixels, cut at the borders. */
export function cropRegion(box: Box, margin: number, image: Size | null): Box {
  const room = margin * Math.max(box.width, box.height);
  const x = Math.max(0, Math.floor(box.x - room));
  const y = Math.max(0, Math.floor(box.y - room));
  const right = Math.min(image?.width ?? Number.POSITIVE_INFINITY, Math.ceil(box.x + box.width + room));
  const lower = Math.min(image?.height ?? Number.POSITIVE_INFINITY, Math.ceil(box.y + box.height + room));
  return { x, y, width: Math.max(1, right - x), height: Math.max(1, lower - y) };
}

/** Whether a place lies in a box, borders included. */
export function contains(box: Box, point: Point): boolean {
  return (
    point.x >= box.x && point.y >= box.y && point.x <= box.x + box.width && point.y <= box.y + box.height
  );
}

/** The box spanned by two corners. */
export function spanned(a: Point, b: Point): Box {
  return {
    x: Math.min(a.x, b.x),
    y: Math.min(a.y, b.y),
    width: Math.abs(a.x - b.x),
    height: Math.abs(a.y - b.y),
  };
}

/** How many images beside one another show most of each; stacked only where that gains a lot. */
export function columnsOf(n: number, room: Size, image: Size | null): number {
  const { width, height } = image ?? { width: 4, height: 3 };
  let best = n;
  let most = 0;
  for (let columns = n; columns >= 1; columns--) {
    const rows = Math.ceil(n / columns);
    const scale = Math.min(room.width / columns / width, room.height / rows / height);
    if (scale > most * 1.3) {
      most = scale;
      best = columns;
    }
  }
  return best;
}
