/** What is near to the image: pictures to open or to select. */

import { Checkbox } from "@mantine/core";
import { useMemo } from "react";
import type { SimilarItem } from "@/api/types";
import { formatDistance } from "@/core/numbers";
import { framePath } from "@/core/paths";
import { useColumns } from "@/render/useColumns";
import { usePlace } from "@/state/place";
import { useView } from "@/state/view";
import { AppLink } from "@/ui/AppLink";
import { ElementPicture } from "@/ui/pictures/ElementPicture";
import { usePictures } from "@/ui/pictures/usePictures";
import type { About } from "../about";
import classes from "./similar.module.css";

const LEAST_WIDTH = 160;
const GAP = 8;

interface NearestProps {
  readonly about: About;
  readonly items: readonly SimilarItem[];
  readonly chosen: ReadonlySet<string>;
  readonly onChoose: (chosen: ReadonlySet<string>) => void;
}

/** The pictures. */
export function Nearest({ about, items, chosen, onChoose }: NearestProps) {
  const place = usePlace();
  const view = useView();
  const { elements, inferenceSet } = about;
  const ids = useMemo(() => items.map(({ id }) => id), [items]);
  const pictures = usePictures(place, { elements, inferenceSet, ids });
  const { ref, columns, cellWidth } = useColumns<HTMLUListElement>(LEAST_WIDTH, GAP);
  const room = { width: cellWidth, height: Math.round(cellWidth * 0.64) };
  const toggle = (id: string) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    onChoose(next);
  };
  return (
    <div className={classes.scroller}>
      <ul
        ref={ref}
        className={classes.cells}
        aria-label="Nearest"
        style={{ gap: GAP, gridTemplateColumns: `repeat(${columns}, ${cellWidth}px)` }}
      >
        {(cellWidth > 0 ? items : []).map(({ id, frame_id, distance }) => (
          <li key={id} className={classes.cell} data-selected={chosen.has(id) || undefined}>
            <AppLink
              href={framePath(place, frame_id, {
                ...view,
                ...(elements === "frames" ? {} : { extra: { ...view.extra, object: id } }),
              })}
              title={id.slice(0, 300)}
              aria-label={`${id.slice(0, 200)}, distance ${formatDistance(distance)}`}
            >
              <ElementPicture pictures={pictures} id={id} view={room} />
            </AppLink>
            <div className={classes.words}>
              <Checkbox
                size="xs"
                checked={chosen.has(id)}
                aria-label={`Select ${id.slice(0, 200)}`}
                onChange={() => toggle(id)}
              />
              <span className={`${classes.name} one-line`} title={id.slice(0, 300)}>
                {pictures.of(id)?.className ?? id.slice(0, 200)}
              </span>
              <span className={classes.quiet}>{formatDistance(distance)}</span>
            </div>
          </li>
        ))}
      </ul>
    </div>
  );
}
