/** Frames as small pictures that can be picked. */

import { Checkbox } from "@mantine/core";
import { useMemo } from "react";
import { framePath } from "@/core/paths";
import type { ViewSearch } from "@/core/url";
import { imageUrl } from "@/render/imageUrl";
import type { OverlayLook } from "@/render/objects";
import { Thumbnail } from "@/render/Thumbnail";
import { useColumns } from "@/render/useColumns";
import { usePlace } from "@/state/place";
import { AppLink } from "@/ui/AppLink";
import classes from "./Compare.module.css";

interface FlipGridProps {
  readonly frames: readonly string[];
  readonly ids: ReadonlySet<string>;
  readonly onPick: (id: string) => void;
  readonly view: ViewSearch;
}

const LEAST_WIDTH = 148;
const GAP = 8;
const LOOK: OverlayLook = { colourOf: () => "currentColor", showsClasses: false, showsConfidence: false };

/** The pictures. */
export function FlipGrid({ frames, ids, onPick, view }: FlipGridProps) {
  const place = usePlace();
  const { ref, columns, cellWidth } = useColumns<HTMLUListElement>(LEAST_WIDTH, GAP);
  const picture = useMemo(() => ({ width: cellWidth, height: Math.round(cellWidth * 0.62) }), [cellWidth]);
  return (
    <ul
      ref={ref}
      className={classes.frames}
      style={{ gap: GAP, gridTemplateColumns: `repeat(${columns}, ${cellWidth}px)` }}
    >
      {(cellWidth > 0 ? frames : []).map((frame) => (
        <li key={frame} className={classes.frame} data-selected={ids.has(frame) || undefined}>
          <AppLink href={framePath(place, frame, view)} title={frame}>
            <Thumbnail
              src={imageUrl(place, frame, 256)}
              alt={`Frame ${frame}`}
              view={picture}
              image={null}
              objects={[]}
              look={LOOK}
            />
          </AppLink>
          <Checkbox
            className={classes.pick}
            label={<span className={`${classes.frameName} one-line`}>{frame}</span>}
            aria-label={`Select frame ${frame}`}
            checked={ids.has(frame)}
            onChange={() => onPick(frame)}
          />
        </li>
      ))}
    </ul>
  );
}
