/** One frame: its image at full resolution, what was labelled and inferred, what went wrong, what is known. */

import { ActionIcon, Button, Popover, SegmentedControl, Tooltip, UnstyledButton } from "@mantine/core";
import { useElementSize } from "@mantine/hooks";
import { type ReactNode, useCallback, useMemo, useState } from "react";
import { useFrame } from "@/api/selections";
import { formatCount, formatScore } from "@/core/numbers";
import { columnsOf, fitted, framing, type Size, type Transform, zoomed } from "@/render/geometry";
import { ImageViewer } from "@/render/ImageViewer";
import { imageUrl } from "@/render/imageUrl";
import type { DrawnObject, OverlayLook } from "@/render/objects";
import { useAddToSegment } from "@/state/addToSegment";
import { useChosenSets } from "@/state/chosenSets";
import { useGo, usePathPart, usePlace } from "@/state/place";
import { useShortcuts } from "@/state/shortcuts";
import { useExtra, useSetView, useView } from "@/state/view";
import { AppLink } from "@/ui/AppLink";
import { IconEye, IconLeft, IconMinus, IconPlus, IconRight } from "@/ui/icons";
import { useTitle } from "@/ui/Page";
import { drawnObject, objectKey } from "@/ui/pictures/drawing";
import { ErrorState, LoadingState } from "@/ui/States";
import { useAbout, useDrawnSets } from "../about";
import { useDisplay, useDrawing } from "../display";
import { OverlaySwitches } from "../Toolbar";
import { FrameFacts } from "./FrameFacts";
import classes from "./frame.module.css";
import { SimilarStrip } from "./SimilarStrip";
import { useWalk, type Walk } from "./walk";

const STEP = 1.25;

/** The page. */
export function Page() {
  const frame = usePathPart("frame") ?? "";
  const { isLoading } = useChosenSets();
  if (isLoading) return <LoadingState label="Opening the dataset" />;
  // Another frame is another view: zoom and highlights start anew.
  return <FrameView key={frame} frame={frame} />;
}

function FrameView({ frame }: { frame: string }) {
  useTitle(frame.slice(0, 80));
  const place = usePlace();
  const { view: arrangement } = useView();
  const sets = useDrawnSets();
  const names = useMemo(() => sets.map(({ name }) => name), [sets]);
  const { data, error, refetch, isPlaceholderData } = useFrame(place, frame, names);
  const body = isPlaceholderData && data?.frame.frame_id !== frame ? undefined : data;
  const walk = useWalk(frame, names);
  const display = useDisplay();
  const { look: gridLook } = useDrawing(display);
  const [transform, setTransform] = useState<Transform | null>(null);
  const [room, setRoom] = useState<{ view: Size; image: Size } | null>(null);
  const { ref: panesRef, width: panesWidth, height: panesHeight } = useElementSize();
  const panesRoom = { width: panesWidth, height: panesHeight };
  const [highlight, setHighlight] = useState<ReadonlySet<string> | null>(null);
  const [object, setObject] = useExtra("object");
  const { elements } = useAbout();

  const layers = useMemo<readonly (readonly DrawnObject[])[]>(() => {
    if (!body) return [];
    const labels = body.labels.map((row) => drawnObject(row, 0));
    const inferred = sets.map(({ name, confidence }, i) =>
      (body.inferences[name] ?? [])
        .map((row) => drawnObject(row, i + 1))
        .filter((drawn) => drawn.confidence === null || drawn.confidence >= confidence),
    );
    return [labels, ...inferred];
  }, [body, sets]);

  const { width, height, url } = body?.frame ?? {};
  const size = useMemo(
    () => (typeof width === "number" && typeof height === "number" && width > 0 ? { width, height } : null),
    [width, height],
  );
  const pinned = useMemo(() => {
    if (object === undefined) return null;
    const isLabel = elements !== "inferences";
    return new Set(isLabel ? [objectKey(0, object)] : sets.map((_, i) => objectKey(i + 1, object)));
  }, [object, elements, sets]);
  const look = useMemo<OverlayLook>(
    () => ({ ...gridLook, lineWidth: 2, fontSize: 12, highlighted: highlight ?? pinned ?? undefined }),
    [gridLook, highlight, pinned],
  );
  const onView = useCallback((view: Size, image: Size) => setRoom({ view, image }), []);
  const zoom = (factor: number) => {
    if (!room) return;
    const { view, image } = room;
    const now = transform ?? fitted(image, view);
    setTransform(zoomed(now, factor, { x: view.width / 2, y: view.height / 2 }, image, view));
  };
  const focusOn = (keys: readonly string[]) => {
    const boxes = layers.flat().filter((drawn) => keys.includes(drawn.id) && drawn.box);
    const box = boxes[0]?.box;
    if (box && room) setTransform(framing(box, room.image, room.view));
  };
  useFrameShortcuts(walk, zoom, () => setTransform(null));

  if (error)
    return (
      <ErrorState
        error={error}
        onRetry={() => void refetch()}
        action={<AppLink href={walk.gridHref}>Back to Explore</AppLink>}
      />
    );
  if (!body) return <LoadingState label="Loading the frame" />;
  const isSide = arrangement === "side" && sets.length > 0;
  const panes = arranged(layers, names, isSide, display);
  return (
    <div className={classes.page}>
      <Header
        frame={frame}
        walk={walk}
        zoom={zoom}
        fit={() => setTransform(null)}
        scale={transform?.scale ?? (room ? fitted(room.image, room.view).scale : null)}
      />
      <div className={classes.body}>
        <div className={classes.stage}>
          <div
            className={classes.panes}
            ref={panesRef}
            style={{
              gridTemplateColumns: `repeat(${isSide ? columnsOf(panes.length, panesRoom, size) : 1}, minmax(0, 1fr))`,
            }}
          >
            {panes.map((pane) => (
              <figure key={pane.name} className={classes.pane}>
                {isSide ? (
                  <figcaption className={`${classes.paneName} one-line`}>{pane.name}</figcaption>
                ) : null}
                <div className={classes.viewer}>
                  <ImageViewer
                    src={url ? imageUrl(place, frame) : null}
                    label={`Image of ${frame.slice(0, 200)}`}
                    image={size}
                    objects={pane.objects}
                    look={isSide ? { ...look, isHatched: false } : look}
                    transform={transform}
                    onTransform={setTransform}
                    onView={onView}
                    onPick={(drawn) => {
                      if (drawn) setHighlight(new Set([drawn.id]));
                      else {
                        setHighlight(null);
                        if (object !== undefined) setObject(undefined, { replace: true });
                      }
                    }}
                    describe={(drawn) => <Description drawn={drawn} names={names} />}
                  />
                </div>
              </figure>
            ))}
          </div>
          <SimilarStrip frame={frame} object={object} />
        </div>
        <FrameFacts
          frame={frame}
          body={body}
          sets={names}
          highlighted={highlight ?? pinned}
          onHighlight={(keys) => setHighlight(keys && new Set(keys))}
          onFocus={focusOn}
          colourOf={look.colourOf}
        />
      </div>
    </div>
  );
}

interface Pane {
  readonly name: string;
  readonly objects: readonly DrawnObject[];
}

/** One pane with everything, or one for each set, each with the labels. */
function arranged(
  layers: readonly (readonly DrawnObject[])[],
  names: readonly string[],
  isSide: boolean,
  display: { readonly labels: boolean; readonly inferences: boolean },
): readonly Pane[] {
  const labels = display.labels ? (layers[0] ?? []) : [];
  const ofSet = (i: number) => (display.inferences ? (layers[i + 1] ?? []) : []);
  if (isSide) {
    return [
      ...(names.length === 1 ? [{ name: "Labels", objects: labels }] : []),
      ...names.map((name, i) => ({
        name,
        objects: names.length === 1 ? ofSet(i) : [...labels, ...ofSet(i)],
      })),
    ];
  }
  return [{ name: "", objects: [...labels, ...names.flatMap((_, i) => ofSet(i))] }];
}

function Description({ drawn, names }: { drawn: DrawnObject; names: readonly string[] }): ReactNode {
  const who = drawn.layer === 0 ? "label" : names[drawn.layer - 1];
  return (
    <>
      <b>{drawn.className.slice(0, 200)}</b> {drawn.confidence === null ? "" : formatScore(drawn.confidence)}{" "}
      · {who}
      {drawn.box ? ` · ${Math.round(drawn.box.width)} × ${Math.round(drawn.box.height)} px` : ""}
    </>
  );
}

interface HeaderProps {
  readonly frame: string;
  readonly walk: Walk;
  readonly zoom: (factor: number) => void;
  readonly fit: () => void;
  readonly scale: number | null;
}

function Header({ frame, walk, zoom, fit, scale }: HeaderProps) {
  const setView = useSetView();
  const { view } = useView();
  const display = useDisplay();
  const addToSegment = useAddToSegment();
  const { inferenceSet } = useAbout();
  return (
    <header className={classes.header}>
      <AppLink href={walk.gridHref} className={classes.back}>
        Explore
      </AppLink>
      <h1 className={`${classes.title} one-line`} title={frame.slice(0, 500)}>
        {frame.slice(0, 300)}
      </h1>
      <span className={classes.steps}>
        <ActionIcon aria-label="Previous frame" disabled={!walk.before} onClick={walk.before}>
          <IconLeft size={16} />
        </ActionIcon>
        <span className={classes.place}>
          {walk.place === undefined || walk.count === undefined
            ? "not in this list"
            : `${formatCount(walk.place + 1)} of ${formatCount(walk.count)}${walk.isSelection ? " selected" : ""}`}
        </span>
        <ActionIcon aria-label="Next frame" disabled={!walk.after} onClick={walk.after}>
          <IconRight size={16} />
        </ActionIcon>
      </span>
      <span className={classes.space} />
      <span className={classes.steps}>
        <ActionIcon aria-label="Zoom out" onClick={() => zoom(1 / STEP)}>
          <IconMinus size={16} />
        </ActionIcon>
        <Tooltip label="Show the whole image (0)">
          <UnstyledButton className={classes.scale} onClick={fit}>
            {scale === null ? "" : `${Math.round(scale * 100)}%`}
            <span className="visually-hidden">, show the whole image</span>
          </UnstyledButton>
        </Tooltip>
        <ActionIcon aria-label="Zoom in" onClick={() => zoom(STEP)}>
          <IconPlus size={16} />
        </ActionIcon>
      </span>
      <SegmentedControl
        aria-label="Arrangement"
        value={view === "side" ? "side" : "over"}
        onChange={(value) => setView({ view: value === "side" ? "side" : undefined }, { replace: true })}
        data={[
          { value: "over", label: "Overlaid" },
          { value: "side", label: "Side by side" },
        ]}
      />
      <Popover position="bottom-end" width={220}>
        <Popover.Target>
          <UnstyledButton className={classes.overlayButton} aria-label="Overlays">
            <IconEye size={16} /> <span className={classes.overlayWord}>Overlays</span>
          </UnstyledButton>
        </Popover.Target>
        <Popover.Dropdown>
          <OverlaySwitches display={display} />
        </Popover.Dropdown>
      </Popover>
      <Button
        variant="default"
        onClick={() => addToSegment({ where: { ids: [frame] }, count: 1, elements: "frames", inferenceSet })}
      >
        Add to Segment
      </Button>
    </header>
  );
}

function useFrameShortcuts(walk: Walk, zoom: (factor: number) => void, fit: () => void): void {
  const go = useGo();
  const { view } = useView();
  const setView = useSetView();
  useShortcuts("Frame", [
    { keys: ["ArrowRight", "j"], about: "Next frame", run: () => walk.after?.() },
    { keys: ["ArrowLeft", "k"], about: "Previous frame", run: () => walk.before?.() },
    { keys: ["+", "="], about: "Zoom in", run: () => zoom(STEP) },
    { keys: ["-"], about: "Zoom out", run: () => zoom(1 / STEP) },
    { keys: ["0"], about: "Whole image", run: fit },
    {
      keys: ["s"],
      about: "Overlaid or side by side",
      run: () => setView({ view: view === "side" ? undefined : "side" }, { replace: true }),
    },
    { keys: ["Escape"], about: "Back to the grid", run: () => go(walk.gridHref) },
  ]);
}
