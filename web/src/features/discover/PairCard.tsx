/** Two near-identical frames of different splits, side by side. */

import { Button } from "@mantine/core";
import type { DuplicateElement, DuplicatePair } from "@/api/types";
import { formatDistance } from "@/core/numbers";
import { framePath } from "@/core/paths";
import { useAddToSegment } from "@/state/addToSegment";
import { usePlace } from "@/state/place";
import { AppLink } from "@/ui/AppLink";
import { ElementPicture } from "@/ui/pictures/ElementPicture";
import type { Pictures } from "@/ui/pictures/usePictures";
import { Remove } from "./actions";
import classes from "./discover.module.css";

const PICTURE = { width: 208, height: 134 };

/** The card. */
export function PairCard({ pair, pictures }: { pair: DuplicatePair; pictures: Pictures }) {
  const { first, second, distance } = pair;
  const addToSegment = useAddToSegment();
  const names = `${first.id.slice(0, 120)} and ${second.id.slice(0, 120)}`;
  return (
    <article className={classes.pair} aria-label={names}>
      <div className={classes.sides}>
        <Side element={first} pictures={pictures} />
        <Side element={second} pictures={pictures} />
      </div>
      <footer className={classes.foot}>
        <span className={classes.distanceText}>
          <span className={classes.dim}>distance</span> {formatDistance(distance)}
        </span>
        <span className={classes.actions}>
          {removable(pair).map(([element, from]) => (
            <Remove
              key={`${element.id} ${from}`}
              segment={from}
              count={1}
              others={(element === first ? second : first).segments}
              about={element.id.slice(0, 120)}
              ids={async () => [element.id]}
              isQuiet
            >
              {`Remove from ${from.length > 20 ? `${from.slice(0, 19)}…` : from}`}
            </Remove>
          ))}
          <Button
            variant="subtle"
            color="gray"
            aria-label={`Add to Segment: ${names}`}
            onClick={() =>
              addToSegment({
                where: { ids: [first.id, second.id] },
                count: 2,
                elements: "frames",
                suggestedType: "bucket",
              })
            }
          >
            Add to Segment
          </Button>
        </span>
      </footer>
    </article>
  );
}

/** One picture with the splits that hold it. */
export function Side({ element, pictures }: { element: DuplicateElement; pictures: Pictures }) {
  const place = usePlace();
  const { id, frame_id: frame, segments } = element;
  return (
    <div className={classes.side}>
      <AppLink href={framePath(place, frame)} className={classes.picture} title={id.slice(0, 300)}>
        <ElementPicture pictures={pictures} id={id} view={PICTURE} alt={`Frame ${id.slice(0, 120)}`} />
      </AppLink>
      <div className={classes.caption}>
        <span className="one-line" title={id.slice(0, 500)}>
          {id.slice(0, 200)}
        </span>
      </div>
      {segments.length ? (
        <div className={`${classes.held} one-line`} title={segments.join(", ").slice(0, 500)}>
          {segments.join(", ").slice(0, 200)}
        </div>
      ) : null}
    </div>
  );
}

/** Whom to take out of which segment: the first of the pair from one, the second from another. */
function removable({ first, second }: DuplicatePair): readonly (readonly [DuplicateElement, string])[] {
  const of = (element: DuplicateElement, other: DuplicateElement) =>
    element.segments.filter((name) => !other.segments.includes(name)).map((name) => [element, name] as const);
  return [...of(first, second), ...of(second, first)].slice(0, 4);
}
