/** One outcome: the picture, what it was and what it was taken for. */

import { Checkbox } from "@mantine/core";
import { memo } from "react";
import type { Outcome } from "@/api/numbers";
import { formatScore } from "@/core/numbers";
import { framePath, type Place } from "@/core/paths";
import type { ViewSearch } from "@/core/url";
import type { Size } from "@/render/geometry";
import { imageUrl } from "@/render/imageUrl";
import type { OverlayLook } from "@/render/objects";
import { Thumbnail } from "@/render/Thumbnail";
import { AppLink } from "@/ui/AppLink";
import { confusionName } from "../report/confusions";
import classes from "./Outcomes.module.css";
import type { OutcomeObjects } from "./useOutcomeObjects";

interface OutcomeCardProps {
  readonly place: Place;
  readonly outcome: Outcome;
  /** Room of the picture, pixels. */
  readonly picture: Size;
  readonly objects: OutcomeObjects;
  readonly look: OverlayLook;
  readonly isWhole: boolean;
  /** The kind goes without saying: the frame is named instead. */
  readonly isAlike: boolean;
  readonly isSelected: boolean;
  readonly onSelect: (event: { shiftKey: boolean }) => void;
  /** Kept in the address of the frame's page. */
  readonly view: ViewSearch;
}

/** The card. */
export const OutcomeCard = memo(function OutcomeCard(props: OutcomeCardProps) {
  const { place, outcome, picture, objects, look, isWhole, isAlike, isSelected, onSelect, view } = props;
  const crop = isWhole ? undefined : objects.crop;
  const name = confusionName(outcome.truth, outcome.predicted);
  return (
    <article
      className={classes.card}
      style={{ width: picture.width }}
      data-selected={isSelected || undefined}
    >
      <AppLink
        href={framePath(place, outcome.frame_id, view)}
        className={classes.picture}
        title={`${outcome.frame_id}: ${name}`}
      >
        {objects.isKnown ? (
          <Thumbnail
            src={objects.hasImage ? imageUrl(place, outcome.frame_id, 256, crop) : null}
            wholeSrc={imageUrl(place, outcome.frame_id)}
            alt={`${name}, frame ${outcome.frame_id}`}
            view={picture}
            image={objects.image}
            crop={crop}
            objects={objects.objects}
            look={look}
          />
        ) : (
          <div style={picture} />
        )}
      </AppLink>
      <div className={classes.words}>
        <Checkbox
          size="xs"
          checked={isSelected}
          aria-label={`Select ${name} in frame ${outcome.frame_id}`}
          onChange={(event) => onSelect({ shiftKey: (event.nativeEvent as MouseEvent).shiftKey })}
        />
        <div className={classes.told}>
          <div className="one-line" title={isAlike ? outcome.frame_id : name}>
            {isAlike ? outcome.frame_id : name}
          </div>
          <div className={classes.dim}>
            {outcome.confidence === null ? "no inference" : formatScore(outcome.confidence)}
            {outcome.iou === null ? null : <> · IoU {outcome.iou.toFixed(2)}</>}
          </div>
        </div>
      </div>
    </article>
  );
});
