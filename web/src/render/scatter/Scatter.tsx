/** A map of points: pan, zoom, point at one, draw around many. */

import {
  type KeyboardEvent,
  type PointerEvent,
  type Ref,
  useCallback,
  useEffect,
  useImperativeHandle,
  useMemo,
  useRef,
  useState,
} from "react";
import type { Joining } from "@/core/selection";
import type { Point, Size } from "../geometry";
import { type Bounds, type Camera, inPlane, pannedCamera, wholeMap, zoomedCamera } from "./camera";
import { canvasPoints } from "./canvasPoints";
import { densityOf, drawDensity } from "./density";
import { PointIndex } from "./pointIndex";
import { type PointData, type PointLook, type Rgb, SHOWN } from "./points";
import classes from "./scatter.module.css";
import { useFrames } from "./useFrames";
import { isSoftware, webglPoints } from "./webglPoints";

/** What dragging does. */
export type Tool = "pan" | "lasso" | "box";

/** What can be done to a map from outside. */
export interface ScatterHandle {
  readonly zoom: (factor: number) => void;
  readonly showAll: () => void;
}

/** A map. */
export interface ScatterProps {
  readonly data: PointData;
  readonly bounds: Bounds;
  readonly look: PointLook;
  /** Cloud in place of points. */
  readonly density: Rgb | null;
  readonly tool: Tool;
  readonly label: string;
  /** A drawn polygon in the plane of the map; shift adds, alt takes away. */
  readonly onArea: (polygon: [number, number][], how: Joining) => void;
  readonly onHover: (index: number, at: Point) => void;
  readonly onPick: (index: number, how: Joining) => void;
  readonly onOpen: (index: number) => void;
  /** Default WebGL where a graphics card does the work, else a plain canvas. */
  readonly drawBy?: "webgl" | "canvas" | undefined;
  readonly ref?: Ref<ScatterHandle>;
}

const REACH_PX = 8;
const DRAG_PX = 4;
const LASSO_STEP_PX = 3;
const KEY_PAN_PX = 64;
const KEY_ZOOM = 1.5;
const WHEEL_ZOOM = 0.0016;

/** The map. */
export function Scatter(props: ScatterProps) {
  const { data, bounds, look, density, tool, label, onArea, onHover, onPick, onOpen, drawBy, ref } = props;
  const frame = useRef<HTMLDivElement>(null);
  const cloud = useRef<HTMLCanvasElement>(null);
  const drawn = useRef<SVGPathElement>(null);
  const [isByHand, setIsByHand] = useState(() => (drawBy ? drawBy === "canvas" : !hasFastWebgl()));
  const camera = useRef<Camera | null>(null);
  const pointer = useRef<{ start: Point; last: Point; kind: Tool; path: Point[]; how: Joining } | null>(null);
  const hasDragged = useRef(false);
  const view = useRef<Size>({ width: 0, height: 0 });
  const whole = useMemo(
    () => () => wholeMap(bounds, view.current.width ? view.current : { width: 800, height: 600 }),
    [bounds],
  );
  const index = useMemo(() => lazily(() => new PointIndex(data.xy, bounds)), [data.xy, bounds]);
  const nPoints = useMemo(() => countPoints(data.xy), [data.xy]);

  const [canvas, setCanvas] = useState<HTMLCanvasElement | null>(null);
  const renderer = useMemo(
    () => (canvas ? (isByHand ? canvasPoints(canvas) : webglPoints(canvas)) : null),
    [canvas, isByHand],
  );
  useEffect(() => {
    if (canvas && !renderer && !isByHand) setIsByHand(true);
    return () => renderer?.dispose();
  }, [canvas, renderer, isByHand]);
  useEffect(() => {
    const lose = (event: Event) => {
      event.preventDefault();
      setIsByHand(true);
    };
    canvas?.addEventListener("webglcontextlost", lose);
    return () => canvas?.removeEventListener("webglcontextlost", lose);
  }, [canvas]);

  const drawCloud = useCallback(() => {
    if (cloud.current && density && camera.current && view.current.width)
      drawDensity(cloud.current, densityOf(data.xy, data.flags, camera.current, view.current), density);
  }, [data, density]);
  const { redraw, move } = useFrames({
    canvas,
    renderer,
    camera,
    view,
    whole,
    nPoints: density ? 0 : nPoints,
    afterDraw: drawCloud,
  });

  useEffect(() => renderer?.setPoints(data.xy), [renderer, data.xy]);
  useEffect(() => renderer?.setCodes(data.codes), [renderer, data.codes]);
  useEffect(() => renderer?.setFlags(data.flags), [renderer, data.flags]);
  useEffect(() => renderer?.setLook(look), [renderer, look]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another map is looked at from the start
  useEffect(() => {
    camera.current = null;
    redraw();
  }, [bounds, redraw]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: whatever is drawn from has changed
  useEffect(redraw, [redraw, data, look, density]);
  useSize(frame, view, redraw);

  const change = useCallback(
    (next: (now: Camera) => Camera) => {
      camera.current = next(camera.current ?? whole());
      move();
    },
    [move, whole],
  );
  const zoomMiddle = useCallback(
    (factor: number) =>
      change((now) =>
        zoomedCamera(
          now,
          factor,
          { x: view.current.width / 2, y: view.current.height / 2 },
          view.current,
          whole(),
        ),
      ),
    [change, whole],
  );
  const showAll = useCallback(() => change(whole), [change, whole]);
  useImperativeHandle(ref, () => ({ zoom: zoomMiddle, showAll }), [zoomMiddle, showAll]);
  useWheel(frame, (factor, at) => change((now) => zoomedCamera(now, factor, at, view.current, whole())));

  const placeOf = (event: { clientX: number; clientY: number }): Point => {
    const box = frame.current?.getBoundingClientRect();
    return { x: event.clientX - (box?.left ?? 0), y: event.clientY - (box?.top ?? 0) };
  };
  const under = (at: Point): number => {
    if (!camera.current || density) return -1;
    const { x, y } = inPlane(at, camera.current, view.current);
    const reach = REACH_PX / camera.current.scale;
    const shown = index().nearest(x, y, reach, (i) => ((data.flags[i] as number) & SHOWN) !== 0);
    return shown >= 0 ? shown : index().nearest(x, y, reach, () => true);
  };
  const trace = (path: readonly Point[]) =>
    drawn.current?.setAttribute("d", path.length ? `M${path.map(({ x, y }) => `${x} ${y}`).join("L")}Z` : "");

  const onPointerDown = (event: PointerEvent) => {
    hasDragged.current = false;
    if (event.button > 1) return;
    const at = placeOf(event);
    pointer.current = {
      start: at,
      last: at,
      kind: event.button === 1 || event.pointerType === "touch" ? "pan" : tool,
      path: [at],
      how: joiningOf(event),
    };
    event.currentTarget.setPointerCapture(event.pointerId);
    if (event.button === 1) event.preventDefault();
  };
  const onPointerMove = (event: PointerEvent) => {
    const at = placeOf(event);
    const drag = pointer.current;
    if (!drag) {
      onHover(under(at), at);
      return;
    }
    if (!hasDragged.current && Math.hypot(at.x - drag.start.x, at.y - drag.start.y) < DRAG_PX) return;
    if (!hasDragged.current) onHover(-1, at);
    hasDragged.current = true;
    if (drag.kind === "pan") {
      const [dx, dy] = [at.x - drag.last.x, at.y - drag.last.y];
      drag.last = at;
      change((now) => pannedCamera(now, dx, dy));
    } else {
      if (drag.kind === "box") drag.path = corners(drag.start, at);
      else if (Math.hypot(at.x - drag.last.x, at.y - drag.last.y) >= LASSO_STEP_PX) {
        drag.last = at;
        drag.path.push(at);
      }
      trace(drag.path);
    }
  };
  const onPointerUp = (event: PointerEvent) => {
    const drag = pointer.current;
    pointer.current = null;
    trace([]);
    if (!drag || !camera.current) return;
    if (!hasDragged.current) {
      const found = event.button === 0 ? under(placeOf(event)) : -1;
      if (found >= 0) onPick(found, joiningOf(event));
      return;
    }
    if (drag.kind === "pan" || drag.path.length < 3) return;
    const now = camera.current;
    onArea(
      drag.path.map((at): [number, number] => {
        const { x, y } = inPlane(at, now, view.current);
        return [x, y];
      }),
      drag.how,
    );
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = KEY_STEPS[event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    step(change, zoomMiddle, showAll);
  };

  return (
    // biome-ignore lint/a11y/useSemanticElements: a map is no fieldset
    <div
      ref={frame}
      className={classes.frame}
      data-tool={tool}
      data-drawn-by={isByHand ? "canvas" : "webgl"}
      role="group"
      aria-label={label}
      aria-roledescription="map"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: keys move and zoom the map
      tabIndex={0}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={onPointerUp}
      onPointerCancel={() => {
        pointer.current = null;
        trace([]);
      }}
      onPointerLeave={(event) => {
        if (!pointer.current) onHover(-1, placeOf(event));
      }}
      onDoubleClick={(event) => {
        const found = under(placeOf(event));
        if (found >= 0) onOpen(found);
      }}
      onKeyDown={onKeyDown}
    >
      <canvas key={isByHand ? "canvas" : "webgl"} ref={setCanvas} className={classes.points} />
      {density ? <canvas ref={cloud} className={classes.cloud} /> : null}
      <svg className={classes.drawing} aria-hidden="true">
        <path ref={drawn} className={classes.path} />
      </svg>
    </div>
  );
}

type Change = (next: (now: Camera) => Camera) => void;
type KeyStep = (change: Change, zoom: (factor: number) => void, showAll: () => void) => void;

const panBy =
  (dx: number, dy: number): KeyStep =>
  (change) =>
    change((now) => pannedCamera(now, dx, dy));
const zoomBy =
  (factor: number): KeyStep =>
  (_, zoom) =>
    zoom(factor);

const KEY_STEPS: Readonly<Record<string, KeyStep>> = {
  ArrowLeft: panBy(KEY_PAN_PX, 0),
  ArrowRight: panBy(-KEY_PAN_PX, 0),
  ArrowUp: panBy(0, KEY_PAN_PX),
  ArrowDown: panBy(0, -KEY_PAN_PX),
  "+": zoomBy(KEY_ZOOM),
  "=": zoomBy(KEY_ZOOM),
  "-": zoomBy(1 / KEY_ZOOM),
  "0": (_, __, showAll) => showAll(),
};

/** Shift adds, alt takes away. */
export function joiningOf(event: { shiftKey: boolean; altKey: boolean; ctrlKey: boolean }): Joining {
  if (event.altKey) return "subtract";
  return event.shiftKey || event.ctrlKey ? "add" : "replace";
}

function corners(from: Point, to: Point): Point[] {
  return [from, { x: to.x, y: from.y }, to, { x: from.x, y: to.y }];
}

function countPoints(xy: Float32Array): number {
  let n = 0;
  for (let i = 0; i < xy.length; i += 2) if (!Number.isNaN(xy[i] as number)) n += 1;
  return n;
}

/** Without a graphics card the page draws points faster than a browser that imitates one. */
function hasFastWebgl(): boolean {
  const gl = document.createElement("canvas").getContext("webgl2");
  const isFast = gl !== null && !isSoftware(gl);
  gl?.getExtension("WEBGL_lose_context")?.loseContext();
  return isFast;
}

/** Made when it is first asked for: the picture does not wait for it. */
function lazily<Value>(make: () => Value): () => Value {
  let made: Value | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

function useSize(
  frame: React.RefObject<HTMLDivElement | null>,
  view: React.RefObject<Size>,
  redraw: () => void,
): void {
  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    const observer = new ResizeObserver(() => {
      view.current = { width: element.clientWidth, height: element.clientHeight };
      redraw();
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [frame, view, redraw]);
}

function useWheel(
  frame: React.RefObject<HTMLDivElement | null>,
  onWheel: (factor: number, at: Point) => void,
): void {
  const latest = useRef(onWheel);
  latest.current = onWheel;
  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    const turn = (event: WheelEvent) => {
      event.preventDefault();
      const box = element.getBoundingClientRect();
      const dy = event.deltaMode === 1 ? event.deltaY * 24 : event.deltaY;
      latest.current(Math.exp(-dy * WHEEL_ZOOM), {
        x: event.clientX - box.left,
        y: event.clientY - box.top,
      });
    };
    element.addEventListener("wheel", turn, { passive: false });
    return () => element.removeEventListener("wheel", turn);
  }, [frame]);
}
