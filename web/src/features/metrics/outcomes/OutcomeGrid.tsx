/** A list of outcomes as pictures, drawn as it scrolls into view. */

import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef } from "react";
import type { Outcome } from "@/api/numbers";
import { useProject } from "@/api/projects";
import { classColours } from "@/core/colours";
import type { ViewSearch } from "@/core/url";
import type { OverlayLook } from "@/render/objects";
import { useColumns } from "@/render/useColumns";
import { usePlace } from "@/state/place";
import { OutcomeCard } from "./OutcomeCard";
import classes from "./Outcomes.module.css";
import { useOutcomeObjects } from "./useOutcomeObjects";
import type { OutcomeSelection } from "./useOutcomeSelection";

const LEAST_WIDTH = 160;
const GAP = 8;
const WORDS_HEIGHT = 42;

interface OutcomeGridProps {
  readonly set: string;
  readonly pages: readonly (readonly Outcome[])[];
  readonly hasMore: boolean;
  readonly onMore: () => void;
  readonly isWhole: boolean;
  /** All are of one kind: their frames tell them apart. */
  readonly isAlike: boolean;
  readonly selection: OutcomeSelection;
  readonly view: ViewSearch;
}

/** The pictures. */
export function OutcomeGrid({
  set,
  pages,
  hasMore,
  onMore,
  isWhole,
  isAlike,
  selection,
  view,
}: OutcomeGridProps) {
  const place = usePlace();
  const { data: project } = useProject(place.project);
  const look = useMemo<OverlayLook>(
    () => ({
      colourOf: classColours(project?.classes ?? []),
      showsClasses: false,
      showsConfidence: false,
      lineWidth: 1.5,
    }),
    [project?.classes],
  );
  const objectsOf = useOutcomeObjects(place, set, pages);
  const items = useMemo(() => pages.flat(), [pages]);
  const { ref: sizeRef, columns: nColumns, cellWidth } = useColumns(LEAST_WIDTH, GAP);
  const picture = useMemo(() => ({ width: cellWidth, height: Math.round(cellWidth * 0.7) }), [cellWidth]);
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: Math.ceil(items.length / nColumns),
    getScrollElement: () => scroller.current,
    estimateSize: () => picture.height + WORDS_HEIGHT + GAP,
    overscan: 3,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows are as high as their pictures
  useEffect(() => rows.measure(), [picture.height]);
  const drawn = rows.getVirtualItems();
  const lastDrawn = drawn.at(-1)?.index ?? 0;
  const isNearEnd = lastDrawn >= Math.ceil(items.length / nColumns) - 3;
  useEffect(() => {
    if (hasMore && isNearEnd) onMore();
  }, [hasMore, isNearEnd, onMore]);
  return (
    <div ref={scroller} className={classes.scroller}>
      <div ref={sizeRef} className={classes.rows} style={{ height: rows.getTotalSize() }}>
        {drawn.map((row) => (
          <div key={row.key} className={classes.row} style={{ transform: `translateY(${row.start}px)` }}>
            {items.slice(row.index * nColumns, (row.index + 1) * nColumns).map((outcome, column) => (
              <OutcomeCard
                // biome-ignore lint/suspicious/noArrayIndexKey: the place in the list is what it is
                key={row.index * nColumns + column}
                place={place}
                outcome={outcome}
                picture={picture}
                objects={objectsOf(outcome)}
                look={look}
                isWhole={isWhole}
                isAlike={isAlike}
                isSelected={selection.has(outcome)}
                onSelect={({ shiftKey }) => selection.toggle(row.index * nColumns + column, shiftKey)}
                view={view}
              />
            ))}
          </div>
        ))}
      </div>
    </div>
  );
}
