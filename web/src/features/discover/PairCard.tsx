/** Two near-identical frames of different splits, side by side. */

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

const PICTURE = { width: 192, height: 124 };

/** The card. */
export function PairCard({ pair, pictures }: { pair: DuplicatePair; pictures: Pictures }) {
  const { first, second, distance } = pair;
  const addToSegment = useAddToSegment();
  const names = `${first.id.slice(0, 120)} and ${second.id.slice(0, 120)}`;
  return (
    <article className={classes.pair} aria-label={names}>
      <div className={classes.sides}>
        <Side element={first} pictures={pictures} other={second} />
        <Side element={second} pictures={pictures} other={first} />
      </div>
      <footer className={classes.foot}>
        <span className={classes.distanceText}>
          <span className={classes.dim}>distance</span> {formatDistance(distance)}
        </span>
        <span className={classes.actions}>
          <button
            type="button"
            className={classes.textButton}
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
          </button>
        </span>
      </footer>
    </article>
  );
}

interface SideProps {
  readonly element: DuplicateElement;
  readonly pictures: Pictures;
  /** Its like, which stays when it is removed. */
  readonly other?: DuplicateElement;
}

/** One picture with the splits that hold it, and the way out of those that do not hold the other. */
export function Side({ element, pictures, other }: SideProps) {
  const place = usePlace();
  const { id, frame_id: frame, segments } = element;
  const short = id.slice(0, 120);
  return (
    <div className={classes.side}>
      <AppLink href={framePath(place, frame)} className={classes.picture} title={id.slice(0, 300)}>
        <ElementPicture pictures={pictures} id={id} view={PICTURE} alt={`Frame ${short}`} />
      </AppLink>
      <div className={`${classes.caption} one-line`} title={id.slice(0, 500)}>
        {id.slice(0, 200)}
      </div>
      {segments.map((name) => (
        <div key={name} className={classes.held}>
          <span className="one-line" title={name.slice(0, 300)}>
            {name}
          </span>
          {other && !other.segments.includes(name) ? (
            <Remove
              segment={name}
              count={1}
              others={other.segments}
              about={`${short} from ${name.slice(0, 120)}`}
              ids={async () => [id]}
              isQuiet
            >
              Remove
            </Remove>
          ) : null}
        </div>
      ))}
    </div>
  );
}
