/** Frames that are nearly the same. */

import type { DuplicateGroup } from "@/api/types";
import { countOf, formatDistance } from "@/core/numbers";
import { useAddToSegment } from "@/state/addToSegment";
import type { Pictures } from "@/ui/pictures/usePictures";
import classes from "./discover.module.css";
import { Side } from "./PairCard";

const SHOWN = 12;

/** One group. */
export function GroupRow({ group, pictures }: { group: DuplicateGroup; pictures: Pictures }) {
  const addToSegment = useAddToSegment();
  const { elements, pairs } = group;
  const distances = pairs.map(({ distance }) => distance);
  const [least, most] = [Math.min(...distances), Math.max(...distances)];
  const first = elements[0]?.id.slice(0, 120) ?? "";
  const range = formatDistance(least) === formatDistance(most) ? "" : `–${formatDistance(most)}`;
  return (
    <article className={classes.group} aria-label={`Group of ${first}`}>
      <header className={classes.foot}>
        <strong>{countOf(elements.length, "frame")}</strong>
        {pairs.length ? (
          <span>
            <span className={classes.dim}>distance</span> {formatDistance(least)}
            {range}
          </span>
        ) : null}
        <span className={classes.actions}>
          <button
            type="button"
            className={classes.textButton}
            aria-label={`Add to Segment: group of ${first}`}
            onClick={() =>
              addToSegment({
                where: { ids: elements.map(({ id }) => id) },
                count: elements.length,
                elements: "frames",
                suggestedType: "bucket",
              })
            }
          >
            Add to Segment
          </button>
        </span>
      </header>
      <div className={classes.members}>
        {elements.slice(0, SHOWN).map((element) => (
          <Side key={element.id} element={element} pictures={pictures} />
        ))}
        {elements.length > SHOWN ? (
          <span className={classes.dim}>and {elements.length - SHOWN} more</span>
        ) : null}
      </div>
    </article>
  );
}
