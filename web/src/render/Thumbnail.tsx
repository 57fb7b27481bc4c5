/** One small image with what lies over it; a broken image says so and harms nothing else. */

import { useMemo, useState } from "react";
import { type Box, cropRegion, fitted, type Size } from "./geometry";
import { CROP_MARGIN } from "./imageUrl";
import { OverlayCanvas } from "./OverlayCanvas";
import type { DrawnObject, OverlayLook } from "./objects";
import classes from "./render.module.css";

/** A small image. */
export interface ThumbnailProps {
  /** Null when it is known that there is no image. */
  readonly src: string | null;
  /** The whole image, for crops that the server cannot cut. */
  readonly wholeSrc?: string | undefined;
  readonly alt: string;
  /** The room it has, CSS pixels. */
  readonly view: Size;
  /** The original image, pixels; null when unknown, and nothing is drawn over it. */
  readonly image: Size | null;
  /** The part shown, before the margin. */
  readonly crop?: Box | undefined;
  readonly objects: readonly DrawnObject[];
  readonly look: OverlayLook;
}

/** A thumbnail. */
export function Thumbnail({ src, wholeSrc, alt, view, image, crop, objects, look }: ThumbnailProps) {
  const [failed, setFailed] = useState<string | null>(null);
  const region = useMemo<Box | null>(
    () => (crop ? cropRegion(crop, CROP_MARGIN, image) : image && { x: 0, y: 0, ...image }),
    [crop, image],
  );
  const transform = useMemo(() => {
    if (!region) return null;
    const { scale, x, y } = fitted(region, view);
    return { scale, x: x - region.x * scale, y: y - region.y * scale };
  }, [region, view]);
  const isBroken = src === null || failed === src;
  return (
    <div className={classes.thumbnail} style={{ width: view.width, height: view.height }}>
      {isBroken && crop && wholeSrc && transform && image && src !== null ? (
        <WholeImage src={wholeSrc} alt={alt} image={image} transform={transform} />
      ) : isBroken ? (
        <Missing text={src === null ? "No image" : "Image missing or unreadable"} />
      ) : (
        <img
          key={src}
          src={src}
          alt={alt}
          className={classes.small}
          draggable={false}
          decoding="async"
          onError={() => setFailed(src)}
        />
      )}
      {transform && objects.length ? (
        <OverlayCanvas objects={objects} transform={transform} view={view} look={look} />
      ) : null}
    </div>
  );
}

interface WholeImageProps {
  readonly src: string;
  readonly alt: string;
  readonly image: Size;
  readonly transform: { readonly scale: number; readonly x: number; readonly y: number };
}

/** A crop of an image on another server: the whole one, moved so that the crop is in view. */
function WholeImage({ src, alt, image, transform }: WholeImageProps) {
  const [isBroken, setIsBroken] = useState(false);
  if (isBroken) return <Missing text="Image missing or unreadable" />;
  const { scale, x, y } = transform;
  return (
    <img
      src={src}
      alt={alt}
      className={classes.placed}
      style={{ width: image.width * scale, height: image.height * scale, translate: `${x}px ${y}px` }}
      draggable={false}
      onError={() => setIsBroken(true)}
    />
  );
}

/** What stands where an image should be. */
export function Missing({ text }: { text: string }) {
  return (
    <div className={classes.missing}>
      <svg
        viewBox="0 0 24 24"
        width="20"
        height="20"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        aria-hidden="true"
      >
        <path d="M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M3 3l18 18" />
      </svg>
      <span>{text}</span>
    </div>
  );
}
