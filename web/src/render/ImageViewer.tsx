/** An image at full resolution to zoom and pan, with objects over it. */

import {
  type KeyboardEvent,
  type PointerEvent,
  type ReactNode,
  useEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { fitted, type Point, panned, pointInImage, type Size, type Transform, zoomed } from "./geometry";
import { OverlayCanvas } from "./OverlayCanvas";
import { type DrawnObject, type OverlayLook, objectAt } from "./objects";
import classes from "./render.module.css";
import { Missing } from "./Thumbnail";

const STEP = 1.25;
const ARROW_PX = 60;
const CLICK_PX = 4;

/** A large image. Several with the same `transform` zoom and pan together. */
export interface ImageViewerProps {
  readonly src: string | null;
  /** Its name for assistive technology. */
  readonly label: string;
  /** The original, pixels, when known before the image is there. */
  readonly image: Size | null;
  readonly objects: readonly DrawnObject[];
  readonly look: OverlayLook;
  /** Null: the whole image. */
  readonly transform: Transform | null;
  readonly onTransform: (transform: Transform | null) => void;
  /** Told of the room the image has, for zooming to a box. */
  readonly onView?: (view: Size, image: Size) => void;
  readonly onHover?: (object: DrawnObject | null) => void;
  readonly onPick?: (object: DrawnObject | null) => void;
  /** What is said of the object under the pointer. */
  readonly describe: (object: DrawnObject) => ReactNode;
}

/** The viewer: wheel, + and − zoom, 0 shows all, drag and shift + arrows pan. */
export function ImageViewer(props: ImageViewerProps) {
  const { src, label, objects, look, onTransform, onView, onHover, onPick, describe } = props;
  const element = useRef<HTMLDivElement>(null);
  const [view, setView] = useState<Size>({ width: 0, height: 0 });
  const [natural, setNatural] = useState<{ readonly src: string; readonly size: Size } | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const [hovered, setHovered] = useState<{ readonly object: DrawnObject; readonly at: Point } | null>(null);
  const [isDragging, setIsDragging] = useState(false);
  const pressed = useRef<{ start: Point; last: Point; hasMoved: boolean } | null>(null);

  // What the file says counts: the dataset may have told other dimensions.
  const image = (natural?.src === src ? natural?.size : null) ?? props.image;
  const transform = useMemo(
    () => props.transform ?? (image ? fitted(image, view) : null),
    [props.transform, image, view],
  );

  useEffect(() => {
    const watched = element.current;
    if (!watched) return;
    const observer = new ResizeObserver(() =>
      setView({ width: watched.clientWidth, height: watched.clientHeight }),
    );
    observer.observe(watched);
    return () => observer.disconnect();
  }, []);

  useEffect(() => {
    if (image && view.width) onView?.(view, image);
  }, [image, view, onView]);

  const zoom = (factor: number, at: Point = { x: view.width / 2, y: view.height / 2 }) => {
    if (image && transform) onTransform(zoomed(transform, factor, at, image, view));
  };
  const pan = (dx: number, dy: number) => {
    if (image && transform) onTransform(panned(transform, dx, dy, image, view));
  };

  // React listens to wheels passively; the page must not scroll or zoom along.
  const onWheel = useRef<(event: WheelEvent) => void>(() => {});
  onWheel.current = (event) => {
    event.preventDefault();
    const pixels = event.deltaMode === 1 ? event.deltaY * 24 : event.deltaY;
    zoom(Math.exp(-pixels * 0.0016), placeIn(element.current, event));
  };
  useEffect(() => {
    const listen = (event: WheelEvent) => onWheel.current(event);
    const listened = element.current;
    listened?.addEventListener("wheel", listen, { passive: false });
    return () => listened?.removeEventListener("wheel", listen);
  }, []);

  const hover = (at: Point) => {
    const object = transform ? objectAt(objects, pointInImage(at, transform)) : null;
    setHovered(object && { object, at });
    onHover?.(object);
  };

  const onPointerMove = (event: PointerEvent) => {
    const at = placeIn(element.current, event);
    const press = pressed.current;
    if (!press) {
      hover(at);
      return;
    }
    if (!press.hasMoved && Math.hypot(at.x - press.start.x, at.y - press.start.y) < CLICK_PX) return;
    if (!press.hasMoved) {
      press.hasMoved = true;
      setIsDragging(true);
      setHovered(null);
    }
    pan(at.x - press.last.x, at.y - press.last.y);
    press.last = at;
  };

  const onPointerUp = (event: PointerEvent) => {
    const press = pressed.current;
    pressed.current = null;
    setIsDragging(false);
    if (press && !press.hasMoved && transform) {
      onPick?.(objectAt(objects, pointInImage(placeIn(element.current, event), transform)));
    }
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const act =
      event.ctrlKey || event.metaKey || event.altKey
        ? undefined
        : keyActions(zoom, pan, onTransform)[keyOf(event)];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };

  return (
    // biome-ignore lint/a11y/useSemanticElements: a group of nothing but an image and its overlay
    <div
      ref={element}
      className={classes.viewer}
      role="group"
      aria-label={`${label}: + and − zoom, 0 shows the whole image, Shift with arrows moves it`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: zoomed and moved by keys
      tabIndex={0}
      data-dragging={isDragging || undefined}
      data-on-object={(hovered && !isDragging) || undefined}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        const at = placeIn(element.current, event);
        pressed.current = { start: at, last: at, hasMoved: false };
      }}
      onPointerMove={onPointerMove}
      onPointerUp={onPointerUp}
      onPointerCancel={() => {
        pressed.current = null;
        setIsDragging(false);
      }}
      onPointerLeave={() => {
        setHovered(null);
        onHover?.(null);
      }}
      onDoubleClick={(event) => zoom(2, placeIn(element.current, event))}
    >
      {src === null || failed === src ? (
        <Missing text={src === null ? "This frame has no image" : "Image missing or unreadable"} />
      ) : (
        <img
          key={src}
          src={src}
          alt={label}
          draggable={false}
          className={classes.full}
          style={{
            visibility: image ? "visible" : "hidden",
            width: image?.width,
            height: image?.height,
            transform: transform
              ? `translate(${transform.x}px, ${transform.y}px) scale(${transform.scale})`
              : "",
            imageRendering: transform && transform.scale >= 4 ? "pixelated" : "auto",
          }}
          onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) =>
            setNatural({ src, size: { width: naturalWidth, height: naturalHeight } })
          }
          onError={() => setFailed(src)}
        />
      )}
      {transform ? <OverlayCanvas objects={objects} transform={transform} view={view} look={look} /> : null}
      {hovered && !isDragging ? (
        <div
          className={classes.tip}
          style={{
            left: Math.min(hovered.at.x + 14, Math.max(0, view.width - 220)),
            top: Math.min(hovered.at.y + 14, Math.max(0, view.height - 60)),
          }}
        >
          {describe(hovered.object)}
        </div>
      ) : null}
    </div>
  );
}

type Actions = Readonly<Record<string, (() => void) | undefined>>;

function keyActions(
  zoom: (factor: number) => void,
  pan: (dx: number, dy: number) => void,
  onTransform: (transform: Transform | null) => void,
): Actions {
  return {
    "+": () => zoom(STEP),
    "=": () => zoom(STEP),
    "-": () => zoom(1 / STEP),
    "0": () => onTransform(null),
    "shift ArrowLeft": () => pan(ARROW_PX, 0),
    "shift ArrowRight": () => pan(-ARROW_PX, 0),
    "shift ArrowUp": () => pan(0, ARROW_PX),
    "shift ArrowDown": () => pan(0, -ARROW_PX),
  };
}

function keyOf(event: KeyboardEvent): string {
  return event.shiftKey && event.key.startsWith("Arrow") ? `shift ${event.key}` : event.key;
}

function placeIn(element: HTMLElement | null, event: { clientX: number; clientY: number }): Point {
  const bounds = element?.getBoundingClientRect();
  return { x: event.clientX - (bounds?.left ?? 0), y: event.clientY - (bounds?.top ?? 0) };
}
