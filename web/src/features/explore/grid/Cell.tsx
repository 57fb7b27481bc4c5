/** One element of the grid: its picture, what lies over it, its name. */

import { memo, useMemo } from "react";
import type { ElementRow } from "@/api/selections";
import { formatScore } from "@/core/numbers";
import type { Place } from "@/core/paths";
import type { ElementKind } from "@/core/selection";
import type { Size } from "@/render/geometry";
import { imageUrl } from "@/render/imageUrl";
import type { DrawnObject, OverlayLook } from "@/render/objects";
import { Thumbnail } from "@/render/Thumbnail";
import { useIsSelected } from "@/state/selection";
import { AppLink } from "@/ui/AppLink";
import { IconCheck } from "@/ui/icons";
import { boxOf, objectsOfFrame, type Shown } from "@/ui/pictures/drawing";
import { shownValue } from "../values";
import classes from "./grid.module.css";
import type { DrawnBatch } from "./useGridData";

const NONE: readonly DrawnObject[] = [];

/** A cell. */
export interface CellProps {
  readonly place: Place;
  readonly row: ElementRow;
  readonly index: number;
  readonly column: number;
  readonly elements: ElementKind;
  readonly isActive: boolean;
  readonly view: Size;
  readonly batch: ObjectsBodyOf;
  readonly batchPlace: number;
  readonly shown: Shown;
  readonly look: OverlayLook;
  readonly sortField: string | undefined;
  readonly hrefOf: (row: ElementRow) => string;
}

type ObjectsBodyOf = DrawnBatch["body"] | undefined;

/** A cell with an element. */
export const Cell = memo(function Cell(props: CellProps) {
  const { row, index, column, elements, isActive, view, shown, look, sortField, hrefOf } = props;
  const isSelected = useIsSelected(row.id);
  const frame = elements === "frames" ? row.id : String(row.frame_id);
  const name = elements === "frames" ? row.id : cropName(row);
  const value = sortField && sortField in row ? shownValue(row[sortField], sortField) : null;
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the grid holds the focus and names the active cell
    // biome-ignore lint/a11y/useSemanticElements: cells of a grid that is not a table
    <div
      id={`cell-${index}`}
      role="gridcell"
      aria-colindex={column + 1}
      aria-selected={isSelected}
      aria-label={name}
      data-place={index}
      data-active={isActive || undefined}
      data-selected={isSelected || undefined}
      className={classes.cell}
      style={{ width: view.width }}
    >
      {elements === "frames" ? (
        <FramePicture {...props} shown={shown} look={look} frame={frame} />
      ) : (
        <CropPicture {...props} frame={frame} />
      )}
      <span className={classes.tick} data-tick aria-hidden="true">
        <IconCheck size={14} />
      </span>
      <span className={classes.caption}>
        <AppLink
          href={hrefOf(row)}
          tabIndex={-1}
          className={`${classes.name} one-line`}
          title={name.slice(0, 500)}
        >
          {name.slice(0, 200)}
        </AppLink>
        {value === null ? null : <span className={`${classes.value} one-line`}>{value}</span>}
      </span>
    </div>
  );
});

type PictureProps = CellProps & { readonly frame: string };

function FramePicture({ place, row, view, batch, batchPlace, shown, look, frame }: PictureProps) {
  const image = useMemo(() => sizeOf(row.width, row.height), [row.width, row.height]);
  const objects = useMemo(
    () => (batch ? objectsOfFrame(batch, batchPlace, shown) : NONE),
    [batch, batchPlace, shown],
  );
  return (
    <Thumbnail
      src={row.url ? imageUrl(place, frame, pixels(view)) : null}
      alt=""
      view={view}
      image={image}
      objects={objects}
      look={look}
    />
  );
}

function CropPicture({ place, row, elements, view, look, frame, shown }: PictureProps) {
  const image = useMemo(() => sizeOf(row["frame.width"], row["frame.height"]), [row]);
  const crop = useMemo(() => boxOf(row) ?? undefined, [row]);
  const isShown = elements === "labels" ? shown.labels : shown.inferences;
  const objects = useMemo<readonly DrawnObject[]>(
    () => (crop && isShown ? [cropObject(row, elements, crop)] : NONE),
    [row, elements, crop, isShown],
  );
  const hasImage = Boolean(row["frame.url"]);
  return (
    <Thumbnail
      src={hasImage ? imageUrl(place, frame, pixels(view), crop) : null}
      wholeSrc={hasImage ? imageUrl(place, frame) : undefined}
      alt=""
      view={view}
      image={image}
      crop={crop}
      objects={objects}
      look={look}
    />
  );
}

function cropObject(
  row: ElementRow,
  elements: ElementKind,
  box: NonNullable<DrawnObject["box"]>,
): DrawnObject {
  const confidence = typeof row.confidence === "number" ? row.confidence : null;
  return { id: row.id, box, className: String(row.class), confidence, layer: elements === "labels" ? 0 : 1 };
}

function cropName(row: ElementRow): string {
  const confidence = typeof row.confidence === "number" ? ` ${formatScore(row.confidence)}` : "";
  return `${String(row.class)}${confidence} · ${String(row.frame_id)}`;
}

/** The longer side in pixels of the screen. */
function pixels(view: Size): number {
  return Math.max(view.width, view.height) * Math.min(2, window.devicePixelRatio || 1);
}

function sizeOf(width: unknown, height: unknown): Size | null {
  return typeof width === "number" && typeof height === "number" && width > 0 && height > 0
    ? { width, height }
    : null;
}
