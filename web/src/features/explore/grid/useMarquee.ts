/** Selecting by drawing a rectangle. */

import { type PointerEvent, type RefObject, useRef, useState } from "react";
import { type Box, type Point, spanned } from "@/render/geometry";

const DRAG_PX = 6;
const EDGE_PX = 28;
const SCROLL_PX = 24;

/** The rectangle being drawn, in the coordinates of the rows, and the handlers that draw it. */
export interface Marquee {
  readonly box: Box | null;
  readonly onPointerDown: (event: PointerEvent<HTMLElement>) => void;
  readonly onPointerMove: (event: PointerEvent<HTMLElement>) => void;
  readonly onPointerUp: () => void;
  /** Whether the click that follows belongs to a rectangle; true once. */
  readonly hasJustEnded: () => boolean;
}

/** Draw rectangles inside a scroller; `onDraw` is told of every change. */
export function useMarquee(
  scroller: RefObject<HTMLElement | null>,
  onDraw: (box: Box, isAdding: boolean) => void,
): Marquee {
  const [box, setBox] = useState<Box | null>(null);
  const start = useRef<Point | null>(null);
  const isDrawing = useRef(false);
  const hasEnded = useRef(false);

  const at = (event: PointerEvent<HTMLElement>): Point => {
    const element = scroller.current;
    const bounds = element?.getBoundingClientRect();
    return {
      x: event.clientX - (bounds?.left ?? 0),
      y: event.clientY - (bounds?.top ?? 0) + (element?.scrollTop ?? 0),
    };
  };

  return {
    box,
    onPointerDown: (event) => {
      hasEnded.current = false;
      const isOnLink = event.target instanceof Element && event.target.closest("a, [data-tick]");
      const isOnScrollbar =
        event.clientX - event.currentTarget.getBoundingClientRect().left > event.currentTarget.clientWidth;
      if (event.button !== 0 || event.pointerType === "touch" || event.shiftKey || isOnLink || isOnScrollbar)
        return;
      start.current = at(event);
    },
    onPointerMove: (event) => {
      if (!start.current) return;
      const now = at(event);
      if (!isDrawing.current && Math.hypot(now.x - start.current.x, now.y - start.current.y) < DRAG_PX)
        return;
      if (!isDrawing.current) {
        isDrawing.current = true;
        event.currentTarget.setPointerCapture(event.pointerId);
      }
      scrollAtEdges(scroller.current, event.clientY);
      const drawn = spanned(start.current, now);
      setBox(drawn);
      onDraw(drawn, event.ctrlKey || event.metaKey);
    },
    onPointerUp: () => {
      hasEnded.current = isDrawing.current;
      isDrawing.current = false;
      start.current = null;
      setBox(null);
    },
    hasJustEnded: () => {
      const ended = hasEnded.current;
      hasEnded.current = false;
      return ended;
    },
  };
}

function scrollAtEdges(element: HTMLElement | null, clientY: number): void {
  const bounds = element?.getBoundingClientRect();
  if (!element || !bounds) return;
  if (clientY > bounds.bottom - EDGE_PX) element.scrollTop += SCROLL_PX;
  else if (clientY < bounds.top + EDGE_PX) element.scrollTop -= SCROLL_PX;
}
