/** Draws labels and inferences: labels solid, inferences dashed, in the colours of their classes. */

import { type Box, boxInView, type Size, type Transform } from "./geometry";
import { caption, type DrawnObject, type OverlayLook } from "./objects";

const HALO = "rgb(0 0 0 / 0.45)";
const FAINT = 0.25;
/** Dashes by layer; labels are solid. */
const DASHES: readonly (readonly number[])[] = [[], [5, 3], [2, 2], [8, 3, 2, 3]];

/** Draw objects of an image that lies in the view by `transform`; `view` is in CSS pixels. */
export function drawOverlay(
  context: CanvasRenderingContext2D,
  objects: readonly DrawnObject[],
  transform: Transform,
  view: Size,
  look: OverlayLook,
): void {
  context.clearRect(0, 0, view.width, view.height);
  const { highlighted } = look;
  let nTags = 0;
  for (const object of objects) {
    context.globalAlpha = highlighted && !highlighted.has(object.id) ? FAINT : 1;
    const words = caption(object, look);
    const colour = look.colourOf(object.className);
    if (object.box === null) {
      const text = words || object.className.slice(0, 24);
      drawWords(context, text, colour, { x: 4, y: 4 + nTags * (fontSize(look) + 6) }, look, object.layer > 0);
      nTags += 1;
      continue;
    }
    const box = boxInView(object.box, transform);
    if (box.x > view.width || box.y > view.height || box.x + box.width < 0 || box.y + box.height < 0)
      continue;
    drawShape(context, object, box, transform, colour, look);
    if (words) drawWords(context, words, colour, { x: box.x, y: box.y - fontSize(look) - 4 }, look, false);
  }
  context.globalAlpha = 1;
}

function drawShape(
  context: CanvasRenderingContext2D,
  object: DrawnObject,
  box: Box,
  transform: Transform,
  colour: string,
  look: OverlayLook,
): void {
  const width = look.lineWidth ?? 1.5;
  const dashes = DASHES[object.layer % DASHES.length] ?? [];
  if (look.isHatched && object.layer > 0) drawHatching(context, box, colour, object.layer);
  const path = new Path2D();
  path.rect(box.x, box.y, box.width, box.height);
  for (const outline of object.outlines ?? []) addOutline(path, outline, transform);
  context.setLineDash(dashes.map((length) => length * Math.max(1, width / 1.5)));
  context.strokeStyle = HALO;
  context.lineWidth = width + (width < 1.5 ? 1 : 1.5);
  context.stroke(path);
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.stroke(path);
  context.setLineDash([]);
}

function addOutline(path: Path2D, outline: readonly number[], { scale, x, y }: Transform): void {
  for (let i = 0; i + 1 < outline.length; i += 2) {
    const px = (outline[i] ?? 0) * scale + x;
    const py = (outline[i + 1] ?? 0) * scale + y;
    if (i === 0) path.moveTo(px, py);
    else path.lineTo(px, py);
  }
  path.closePath();
}

/** Slanted one way for odd layers, the other way for even ones. */
function drawHatching(context: CanvasRenderingContext2D, box: Box, colour: string, layer: number): void {
  const alpha = context.globalAlpha;
  context.save();
  context.beginPath();
  context.rect(box.x, box.y, box.width, box.height);
  context.clip();
  context.globalAlpha = alpha * 0.35;
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.beginPath();
  const lean = layer % 2 ? box.height : -box.height;
  for (let x = box.x - box.height; x < box.x + box.width + box.height; x += 7) {
    context.moveTo(x, box.y);
    context.lineTo(x + lean, box.y + box.height);
  }
  context.stroke();
  context.restore();
}

const fontSize = (look: OverlayLook) => look.fontSize ?? 11;

function drawWords(
  context: CanvasRenderingContext2D,
  words: string,
  colour: string,
  at: { x: number; y: number },
  look: OverlayLook,
  isHollow: boolean,
): void {
  const size = fontSize(look);
  context.font = `600 ${size}px system-ui, sans-serif`;
  context.textBaseline = "middle";
  const width = context.measureText(words).width + 6;
  const height = size + 4;
  const x = Math.max(0, at.x);
  const y = Math.max(0, at.y);
  context.fillStyle = isHollow ? "rgb(0 0 0 / 0.72)" : colour;
  context.fillRect(x, y, width, height);
  if (isHollow) {
    context.setLineDash([3, 2]);
    context.strokeStyle = colour;
    context.lineWidth = 1;
    context.strokeRect(x + 0.5, y + 0.5, width - 1, height - 1);
    context.setLineDash([]);
  }
  context.fillStyle = isHollow ? "#fff" : inkOn(context.fillStyle);
  context.fillText(words, x + 3, y + height / 2 + 0.5);
}

/** Black or white, whichever is read better on a colour the canvas has made canonical (`#rrggbb`). */
export function inkOn(colour: string | CanvasGradient | CanvasPattern): string {
  const match =
    typeof colour === "string" ? /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(colour) : null;
  if (!match) return "#fff";
  const [red = 0, green = 0, blue = 0] = match
    .slice(1)
    .map((part) => (Number.parseInt(part, 16) / 255) ** 2.2);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.18 ? "#000" : "#fff";
}
