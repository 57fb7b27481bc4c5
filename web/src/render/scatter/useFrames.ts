/** Draws when something changed, at most once per frame of the screen; fewer points while the map moves. */

import { type RefObject, useCallback, useEffect, useRef } from "react";
import type { Size } from "../geometry";
import { type Camera, pointSize } from "./camera";
import type { PointRenderer } from "./points";

/** What is drawn with. */
export interface FramesOptions {
  readonly canvas: HTMLCanvasElement | null;
  readonly renderer: PointRenderer | null;
  readonly camera: RefObject<Camera | null>;
  readonly view: RefObject<Size>;
  readonly whole: () => Camera;
  readonly nPoints: number;
  readonly afterDraw: () => void;
}

/** Drawing may take so long before fewer points are drawn while the map moves; when it is quick, more are. */
const SLOW_MS = 20;
const AIM_MS = 14;
const QUICK_MS = 9;
const LATE_MS = 60;
const FEWEST = 20_000;
const REST_MS = 140;

/** `redraw` draws everything; `move` draws what can be drawn smoothly, and everything once the map rests. */
export function useFrames(options: FramesOptions): {
  readonly redraw: () => void;
  readonly move: () => void;
} {
  const latest = useRef(options);
  latest.current = options;
  const request = useRef(0);
  const rest = useRef<ReturnType<typeof setTimeout>>(undefined);
  const share = useRef(Number.POSITIVE_INFINITY);
  const lastFrame = useRef(0);

  const paint = useCallback((most: number) => {
    const { canvas, renderer, camera, view, whole, nPoints, afterDraw } = latest.current;
    const { width, height } = view.current;
    if (!canvas || !renderer || width === 0 || height === 0) return;
    camera.current ??= whole();
    const ratio = Math.min(2, window.devicePixelRatio || 1);
    const [across, down] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (canvas.width !== across || canvas.height !== down)
      Object.assign(canvas, { width: across, height: down });
    const size = pointSize(nPoints, camera.current, whole());
    const nDrawn = Math.min(Math.round(most), nPoints);
    renderer.draw(camera.current, view.current, ratio, size, nDrawn);
    canvas.dataset.points = String(nDrawn);
    afterDraw();
  }, []);

  const redraw = useCallback(() => {
    cancelAnimationFrame(request.current);
    request.current = requestAnimationFrame(() => {
      request.current = 0;
      paint(Number.POSITIVE_INFINITY);
    });
  }, [paint]);

  const move = useCallback(() => {
    clearTimeout(rest.current);
    rest.current = setTimeout(() => {
      lastFrame.current = 0;
      redraw();
    }, REST_MS);
    if (request.current) return;
    request.current = requestAnimationFrame((now) => {
      request.current = 0;
      const { nPoints } = latest.current;
      const took = lastFrame.current ? now - lastFrame.current : 0;
      lastFrame.current = now;
      const before = Math.min(share.current, nPoints);
      const begun = performance.now();
      paint(before);
      const cost = performance.now() - begun;
      // A card draws on after `paint` returned: then the frames themselves come late.
      if (cost > SLOW_MS) share.current = Math.max(FEWEST, before * Math.max(0.2, AIM_MS / cost));
      else if (took > LATE_MS && took < REST_MS) share.current = Math.max(FEWEST, before / 1.6);
      else if (cost < QUICK_MS && took < LATE_MS) share.current = before * 1.25;
    });
  }, [paint, redraw]);

  useEffect(
    () => () => {
      cancelAnimationFrame(request.current);
      clearTimeout(rest.current);
    },
    [],
  );
  return { redraw, move };
}
