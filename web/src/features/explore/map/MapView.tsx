/** The map of embeddings: looked over, coloured, drawn around; what is drawn around is selected. */

import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { fetchMapMask, type Projection } from "@/api/maps";
import { pageAtOptions } from "@/api/selections";
import type { EmbeddingSpaceBody } from "@/api/types";
import { countOf, formatCount } from "@/core/numbers";
import { framePath } from "@/core/paths";
import { type Joining, joined, type Where, withinQuery } from "@/core/selection";
import type { Point } from "@/render/geometry";
import { NO_VALUE } from "@/render/scatter/points";
import { Scatter, type ScatterHandle, type Tool } from "@/render/scatter/Scatter";
import { useGo, usePlace } from "@/state/place";
import { useSelectionStore } from "@/state/selection";
import { useShortcuts } from "@/state/shortcuts";
import { useStoredFlag } from "@/state/stored";
import { useExtra, useView } from "@/state/view";
import { MissingVectors, NoEmbeddings } from "@/ui/embeddings/NoEmbeddings";
import { useSpace } from "@/ui/embeddings/useSpace";
import { JobProgress } from "@/ui/JobProgress";
import { ErrorState, InlineProblem, LoadingState } from "@/ui/States";
import { useToasts } from "@/ui/Toasts";
import type { About } from "../about";
import { readColour, rgbOf } from "./colouring";
import { everything, HoverCard } from "./HoverCard";
import { Legend } from "./Legend";
import { MapToolbar, METHOD_NAMES } from "./MapToolbar";
import classes from "./map.module.css";
import { useMapData } from "./useMapData";

const NOUNS = { frames: "frame", labels: "label", inferences: "inference" } as const;

/** The map, or how to come to have one. */
export function MapView({ about }: { about: About }) {
  const place = usePlace();
  const { elements, inferenceSet } = about;
  const { spaces, space, isLoading, error, retry, choose } = useSpace(place, { elements, inferenceSet });
  if (error) return <ErrorState error={error} onRetry={retry} />;
  if (isLoading) return <LoadingState label="Looking for embeddings" />;
  if (!space)
    return <NoEmbeddings place={place} elements={elements} inferenceSet={inferenceSet} purpose="The map" />;
  return <SpaceMap key={elements} about={about} spaces={spaces} space={space} onSpace={choose} />;
}

interface SpaceMapProps {
  readonly about: About;
  readonly spaces: readonly EmbeddingSpaceBody[];
  readonly space: EmbeddingSpaceBody;
  readonly onSpace: (name: string) => void;
}

function SpaceMap({ about, spaces, space, onSpace }: SpaceMapProps) {
  const place = usePlace();
  const [tool, setTool] = useState<Tool>("pan");
  const [hasDensity, setDensity] = useStoredFlag("map.density", false);
  const [colourText, setColour] = useExtra("colour");
  const [methodText, setMethod] = useExtra("map");
  const [drawBy] = useExtra("draw");
  const [hovered, setHovered] = useState<{ index: number; at: Point } | null>(null);
  const scatter = useRef<ScatterHandle>(null);
  const plane = useRef<HTMLDivElement>(null);
  const colour = readColour(colourText);
  const method = methodText === "pca" || methodText === "pacmap" ? methodText : undefined;
  const data = useMapData(about, space.name, method, colour);
  const { map, points, look, colouring, counts } = data;
  const noun = NOUNS[about.elements];
  const selectPart = useSelectPart(about, data.request);
  const element = useElementAt(about);

  useShortcuts("Map", [
    { keys: ["m"], about: "Drag moves the map", run: () => setTool("pan") },
    { keys: ["l"], about: "Drag draws a lasso", run: () => setTool("lasso") },
    { keys: ["b"], about: "Drag draws a box", run: () => setTool("box") },
  ]);

  if (data.error) return <ErrorState error={data.error} onRetry={data.retry} />;
  const title = colour.by === "field" ? colour.name.replace(/^frame\./, "") : colour.by;
  return (
    <div className={classes.view}>
      <MapToolbar
        about={about}
        tool={tool}
        onTool={setTool}
        hasDensity={hasDensity}
        onDensity={() => setDensity(!hasDensity)}
        scatter={scatter}
        colour={colour}
        onColour={setColour}
        spaces={spaces}
        space={space.name}
        onSpace={onSpace}
        map={map}
        onMethod={(next: Projection) => setMethod(next === map?.methods.at(-1) ? undefined : next)}
      />
      {map?.job ? (
        <div className={classes.job}>
          <JobProgress job={map.job} label="Making a better map" />
        </div>
      ) : null}
      <div ref={plane} className={classes.plane}>
        {map && points ? (
          <Scatter
            ref={scatter}
            data={points}
            bounds={map.bounds}
            look={look}
            density={hasDensity ? densityColour() : null}
            tool={tool}
            drawBy={drawBy === "webgl" || drawBy === "canvas" ? drawBy : undefined}
            label={`Map of ${countOf(map.n_points, noun)}; the legend selects by key`}
            onArea={(polygon, how) =>
              selectPart(
                {
                  area: {
                    space: map.space,
                    method: map.method,
                    polygon,
                    ...(map.inference_set ? { inference_set: map.inference_set } : {}),
                  },
                },
                how,
              )
            }
            onHover={(index, at) => setHovered(index < 0 ? null : { index, at })}
            onPick={(index, how) => void element.select(index, how)}
            onOpen={(index) => void element.open(index)}
          />
        ) : (
          <LoadingState label="Laying out the map" />
        )}
        {hovered && points ? (
          <HoverCard
            about={about}
            index={hovered.index}
            at={hovered.at}
            room={plane.current?.clientWidth ?? 0}
            fact={[title, labelOf(points.codes[hovered.index], colouring.rows)]}
          />
        ) : null}
        {map ? (
          <Legend
            title={legendTitle(title, about.query)}
            noun={noun}
            colouring={colouring}
            counts={counts}
            onSelect={(query, how) => selectPart({ query }, how)}
          />
        ) : null}
        {map ? (
          <div className={classes.status}>
            {`${formatCount(map.n_points)} ${noun}s by ${METHOD_NAMES[map.method]} of `}
            <span className="user-text">{map.space}</span>
            {data.colourError ? <InlineProblem error={data.colourError} /> : null}
            <MissingVectors place={place} space={space} />
          </div>
        ) : null}
      </div>
    </div>
  );
}

function legendTitle(title: string, query: string): string {
  const name = title === "segments" ? "Segments" : title === "outcome" ? "Outcomes" : title;
  return query.trim() ? `${name}, within the query` : name;
}

function labelOf(code: number | undefined, rows: readonly { readonly label: string }[]): string {
  return code === undefined || code === NO_VALUE ? "no value" : (rows[code]?.label ?? "…");
}

function densityColour() {
  return rgbOf(getComputedStyle(document.documentElement).getPropertyValue("--accent"));
}

/** Selects a part of what the query selects, alone, more, or less. */
function useSelectPart(about: About, request: ReturnType<typeof useMapData>["request"]) {
  const place = usePlace();
  const kept = useQueryClient();
  const store = useSelectionStore();
  const { fail } = useToasts();
  const last = useRef(Promise.resolve());
  const select = async (part: Where, how: Joining) => {
    const where = joined(store.where(), withinQuery(about.query, part), how);
    if (where === null) return;
    try {
      const { count } = await fetchMapMask(kept, place, request(where));
      store.selectWithin(where, count);
    } catch (error) {
      fail(error);
    }
  };
  return (part: Where, how: Joining) => {
    // What is added to a selection waits until that is known.
    last.current = last.current.then(() => select(part, how));
  };
}

/** What a click on a point does. */
function useElementAt(about: About) {
  const place = usePlace();
  const view = useView();
  const go = useGo();
  const kept = useQueryClient();
  const store = useSelectionStore();
  const { fail } = useToasts();
  const rowAt = async (index: number) => {
    const columns = about.elements === "frames" ? ["id"] : ["id", "frame_id"];
    const page = await kept.fetchQuery(pageAtOptions(place, { ...everything(about), columns }, index, 1));
    return page.items[0];
  };
  return {
    select: async (index: number, how: Joining) => {
      try {
        const row = await rowAt(index);
        if (!row) return;
        if (how === "replace") store.replace([row.id], row.id);
        else store.mark([row.id], how === "add");
      } catch (error) {
        fail(error);
      }
    },
    open: async (index: number) => {
      try {
        const row = await rowAt(index);
        if (!row) return;
        const isFrame = about.elements === "frames";
        const extra = { ...view.extra, ...(isFrame ? {} : { object: row.id }) };
        go(framePath(place, isFrame ? row.id : String(row.frame_id), { ...view, extra }));
      } catch (error) {
        fail(error);
      }
    },
  };
}
