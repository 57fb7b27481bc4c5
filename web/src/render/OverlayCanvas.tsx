/** A canvas over an image, drawn anew when what it shows changes. */

import { useLayoutEffect, useRef } from "react";
import type { Size, Transform } from "./geometry";
import type { DrawnObject, OverlayLook } from "./objects";
import { drawOverlay } from "./overlay";
import classes from "./render.module.css";

/** What lies over an image. */
export interface OverlayCanvasProps {
  readonly objects: readonly DrawnObject[];
  readonly transform: Transform;
  readonly view: Size;
  readonly look: OverlayLook;
}

/** Labels and inferences; decoration for the eye, told in words elsewhere. */
export function OverlayCanvas({ objects, transform, view, look }: OverlayCanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!canvas.current || !context) return;
    const ratio = window.devicePixelRatio || 1;
    const width = Math.round(view.width * ratio);
    const height = Math.round(view.height * ratio);
    if (canvas.current.width !== width) canvas.current.width = width;
    if (canvas.current.height !== height) canvas.current.height = height;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    drawOverlay(context, objects, transform, view, look);
  }, [objects, transform, view, look]);
  return (
    <canvas ref={canvas} className={classes.overlay} style={{ width: view.width, height: view.height }} />
  );
}
