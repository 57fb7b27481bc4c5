/** Explore: find frames or crops, look at them, select them, add them to a segment. */

import { Button } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { useDataset } from "@/api/datasets";
import { countOptions, fetchPage, useCount } from "@/api/selections";
import { countOf, formatCount } from "@/core/numbers";
import { pagePath } from "@/core/paths";
import type { Where } from "@/core/selection";
import { type AddToSegmentRequest, useAddToSegment } from "@/state/addToSegment";
import { useChosenSets } from "@/state/chosenSets";
import { usePlace } from "@/state/place";
import { useSelection, useSelectionStore } from "@/state/selection";
import { useStoredFlag } from "@/state/stored";
import { useSetView, useView } from "@/state/view";
import { AppLink } from "@/ui/AppLink";
import { useTitle } from "@/ui/Page";
import { EmptyState, LoadingState } from "@/ui/States";
import { useToasts } from "@/ui/Toasts";
import { ViewQueryBar } from "@/ui/ViewQueryBar";
import { type About, useAbout } from "./about";
import { useDisplay, useDrawing } from "./display";
import classes from "./explore.module.css";
import { Facets } from "./facets/Facets";
import { Grid } from "./grid/Grid";
import { readLayout } from "./layout";
import { ImageSearch } from "./similar/ImageSearch";
import { Toolbar } from "./Toolbar";

const MapView = lazy(async () => ({ default: (await import("./map/MapView")).MapView }));

const NOUNS = { frames: "frame", labels: "label", inferences: "inference" } as const;

/** The view. */
export function Page() {
  useTitle("Explore");
  const { isLoading } = useChosenSets();
  // What a query says of inferences is about a set: nothing can be asked before the sets are known.
  return isLoading ? <LoadingState label="Opening the dataset" /> : <Explore />;
}

function Explore() {
  const about = useAbout();
  const display = useDisplay();
  const { shown, look } = useDrawing(display);
  const isNarrow = useMediaQuery("(max-width: 720px)");
  const [hasFacets, setHasFacets] = useStoredFlag("explore.facets", true);
  const [isSearching, setIsSearching] = useState(false);
  const isFaceted = hasFacets && !isNarrow;
  const store = useSelectionStore();
  const { elements, inferenceSet } = about;
  const layout = readLayout(useView().view);
  const counted = useCount(usePlace(), about.request);
  const total = counted.data?.count ?? 0;

  useEffect(() => store.about(elements, inferenceSet), [store, elements, inferenceSet]);
  useSelectionOfQuery(about.query, counted.isPlaceholderData ? undefined : counted.data?.count);
  const selectAll = useSelectAll(about);

  return (
    <div className={classes.page}>
      <h1 className="visually-hidden">Explore</h1>
      <div className={classes.top}>
        <div className={classes.query}>
          <ViewQueryBar inferenceSet={inferenceSet} />
        </div>
        <SelectionBar about={about} total={total} selectAll={selectAll} noun={NOUNS[elements]} />
      </div>
      <Toolbar
        about={about}
        layout={layout}
        display={display}
        hasFacets={isFaceted}
        onFacets={() => setHasFacets(!hasFacets)}
        onImageSearch={() => setIsSearching(true)}
      />
      <ImageSearch key={elements} about={about} isOpen={isSearching} onClose={() => setIsSearching(false)} />
      <div className={classes.body}>
        {isFaceted ? <Facets about={about} /> : null}
        {layout === "grid" ? null : (
          <Suspense fallback={<LoadingState label="Opening the map" />}>
            <div className={classes.map}>
              <MapView about={about} />
            </div>
          </Suspense>
        )}
        {layout === "map" ? null : (
          <Grid
            key={elements}
            about={about}
            shown={shown}
            look={look}
            size={display.size}
            selectAll={() => void selectAll()}
            empty={<Empty about={about} />}
          />
        )}
      </div>
    </div>
  );
}

/**
 * "Everything that matches" is about a query: it ends when the query changes, and it holds another number when
 * the query's own number changes, as it does with the confidence.
 */
function useSelectionOfQuery(query: string, total: number | undefined): void {
  const store = useSelectionStore();
  useEffect(() => {
    const { selection } = store.read();
    if (selection.kind !== "matching") return;
    if (selection.where.query !== query) store.clear();
    else if (total !== undefined && total !== selection.total) store.recount(total);
  }, [store, query, total]);
}

/** Select everything that matches, once its number is known; the number last shown may be another query's. */
function useSelectAll(about: About): () => Promise<void> {
  const place = usePlace();
  const answers = useQueryClient();
  const store = useSelectionStore();
  const { fail } = useToasts();
  const now = useRef(about);
  now.current = about;
  return async () => {
    const { elements, query, where, request } = about;
    try {
      const { count } = await answers.ensureQueryData(countOptions(place, request));
      const isStillAsked = now.current.elements === elements && now.current.query === query;
      if (isStillAsked && count > 0) store.selectAll(where, count);
    } catch (error) {
      fail(error);
    }
  };
}

/**
 * The selection as a segment can be made of it: a segment is made at each set's own operating point, so what errors
 * chose at another one goes by its ids.
 */
function useExactWhere({ elements, request }: About) {
  const place = usePlace();
  return async (where: Where): Promise<Pick<AddToSegmentRequest, "where" | "selectedOn">> => {
    if (where.ids || (request.confidence === undefined && request.iou === undefined)) return { where };
    const { sort: _, ...unsorted } = request;
    const asked = { ...unsorted, selection: where, elements, columns: ["id"], limit: 1000 };
    const ids: string[] = [];
    for (;;) {
      const page = await fetchPage(place, { ...asked, offset: ids.length });
      if (!page.selected_on?.length) return { where };
      ids.push(...page.items.map((row) => String(row.id)));
      if (page.next_cursor === null) return { where: { ids }, selectedOn: page.selected_on.join(", ") };
    }
  };
}

interface SelectionBarProps {
  readonly about: About;
  readonly total: number;
  readonly selectAll: () => Promise<void>;
  readonly noun: string;
}

function SelectionBar({ about, total, selectAll, noun }: SelectionBarProps) {
  const { count, where, elements, inferenceSet } = useSelection();
  const store = useSelectionStore();
  const addToSegment = useAddToSegment();
  const exactly = useExactWhere(about);
  const { fail } = useToasts();
  const [isAsking, setIsAsking] = useState(false);
  const add = async () => {
    if (where === null) return;
    setIsAsking(true);
    try {
      addToSegment({ count, elements, inferenceSet, ...(await exactly(where)) });
    } catch (error) {
      fail(error);
    } finally {
      setIsAsking(false);
    }
  };
  return (
    <div className={classes.selection}>
      <output className={classes.selected} aria-live="polite">
        {count > 0 ? `${formatCount(count)} selected` : ""}
      </output>
      {count > 0 ? (
        <Button variant="subtle" color="gray" onClick={() => store.clear()}>
          Clear
        </Button>
      ) : null}
      <Button
        variant="default"
        onClick={() => void selectAll()}
        disabled={total === 0}
        aria-label="Select all"
        title={`Select all ${countOf(total, noun)} that match`}
      >
        Select all
      </Button>
      <Button
        disabled={where === null}
        loading={isAsking}
        onClick={() => void add()}
        title={where === null ? `Select ${noun}s first` : undefined}
      >
        Add to Segment
      </Button>
    </div>
  );
}

function Empty({ about }: { about: About }) {
  const place = usePlace();
  const { data: dataset } = useDataset(place);
  const setView = useSetView();
  if (dataset?.n_frames === 0) {
    return (
      <EmptyState
        title="No frames yet"
        commands={[
          `shoal upload dataset ${place.dataset} --coco labels.json --images images/ --project ${place.project}`,
        ]}
        action={<AppLink href={pagePath(place, "upload")}>Upload from here</AppLink>}
      >
        Upload labels and images, then inferences of your models.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      title={`No ${NOUNS[about.elements]}s match`}
      action={
        <Button variant="default" onClick={() => setView({ q: undefined })}>
          Clear the query
        </Button>
      }
      commands={
        about.query
          ? [`shoal query '${about.query.slice(0, 300).replaceAll("'", "'\\''")}' --dataset ${place.dataset}`]
          : []
      }
    >
      A value that is missing matches nothing; <code>NOT exists(field)</code> finds where it is.
    </EmptyState>
  );
}
