/** What was answered and is not saved: looked at, taken back. */

import { Button } from "@mantine/core";
import { useMemo, useState } from "react";
import { formatCount } from "@/core/numbers";
import { framePath } from "@/core/paths";
import { useColumns } from "@/render/useColumns";
import { AppLink } from "@/ui/AppLink";
import { ElementPicture } from "@/ui/pictures/ElementPicture";
import { usePictures } from "@/ui/pictures/usePictures";
import { EmptyState } from "@/ui/States";
import { useSegmentEdits } from "../edits";
import { ELEMENT_NOUNS } from "../links";
import classes from "./similarity.module.css";
import type { Search } from "./useSearch";

const SHOWN = 60;
const CELL_WIDTH = 160;
const GAP = 12;

/** Both lists, newest answers first. */
export function Answered({ search }: { search: Search }) {
  const { accepted, discarded, takeBack } = search;
  if (accepted.length + discarded.length === 0)
    return (
      <EmptyState title="Nothing is answered">
        Accept or discard suggestions; what you answered is kept here with the segment and can be taken back.
      </EmptyState>
    );
  return (
    <div className={classes.lists}>
      <AnsweredList
        name="Accepted"
        ids={accepted}
        none="Nothing accepted since the last version."
        takeBack={takeBack}
      />
      <AnsweredList name="Discarded" ids={discarded} none="Nothing discarded." takeBack={takeBack} />
    </div>
  );
}

interface AnsweredListProps {
  readonly name: string;
  readonly ids: readonly string[];
  readonly none: string;
  readonly takeBack: (id: string) => void;
}

function AnsweredList({ name, ids, none, takeBack }: AnsweredListProps) {
  const { place, segment } = useSegmentEdits();
  const [n_shown, setShown] = useState(SHOWN);
  const newest = useMemo(() => [...ids].reverse().slice(0, n_shown), [ids, n_shown]);
  const pictures = usePictures(place, {
    elements: segment.elements,
    inferenceSet: segment.inference_set,
    ids: newest,
  });
  const { ref: sizeRef, width, columns, cellWidth } = useColumns(CELL_WIDTH, GAP);
  const view = { width: cellWidth, height: Math.round(cellWidth * 0.64) };
  return (
    <section className={classes.list} aria-label={name} ref={sizeRef}>
      <h3 className={classes.listTitle}>
        {name} <span className={classes.dim}>{formatCount(ids.length)}</span>
      </h3>
      {ids.length === 0 ? <p className={classes.words}>{none}</p> : null}
      <ul className={classes.answered} style={{ gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` }}>
        {(width > 0 ? newest : []).map((id) => {
          const picture = pictures.of(id);
          const label = picture?.className === undefined ? id : `${picture.className} · ${picture.frame}`;
          return (
            <li key={id} className={classes.cell}>
              <div className={classes.picture} style={view}>
                <ElementPicture pictures={pictures} id={id} view={view} />
              </div>
              <div className={classes.caption}>
                <AppLink
                  href={framePath(place, picture?.frame ?? id)}
                  className={`${classes.name} one-line`}
                  title={label.slice(0, 500)}
                >
                  {label.slice(0, 200)}
                </AppLink>
                <button
                  type="button"
                  className={classes.takeBack}
                  aria-label={`Take back ${label.slice(0, 200)}`}
                  title={`Back among the suggested ${ELEMENT_NOUNS[segment.elements]}s`}
                  onClick={() => takeBack(id)}
                >
                  Take back
                </button>
              </div>
            </li>
          );
        })}
      </ul>
      {ids.length > n_shown ? (
        <Button variant="default" className={classes.more} onClick={() => setShown(n_shown + SHOWN)}>
          Show more of {formatCount(ids.length)}
        </Button>
      ) : null}
    </section>
  );
}
