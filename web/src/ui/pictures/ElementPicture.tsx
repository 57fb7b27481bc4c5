/** One element as a small picture: a frame with its labels, or a crop. */

import type { Size } from "@/render/geometry";
import { imageUrl } from "@/render/imageUrl";
import type { DrawnObject } from "@/render/objects";
import { Thumbnail } from "@/render/Thumbnail";
import type { Pictures } from "./usePictures";

/** Which element, and the room it has. */
export interface ElementPictureProps {
  readonly pictures: Pictures;
  readonly id: string;
  readonly view: Size;
  readonly alt?: string;
  /** Without anything drawn over it. */
  readonly isPlain?: boolean;
}

const NONE: readonly DrawnObject[] = [];

/** The picture; an empty board of its size until the element is known. */
export function ElementPicture({ pictures, id, view, alt = "", isPlain = false }: ElementPictureProps) {
  const picture = pictures.of(id);
  if (!picture) return <div style={{ ...view, background: "var(--panel)" }} />;
  const { frame, hasImage, image, crop, objects } = picture;
  const pixels = Math.max(view.width, view.height) * Math.min(2, window.devicePixelRatio || 1);
  return (
    <Thumbnail
      src={hasImage ? imageUrl(pictures.place, frame, pixels, crop) : null}
      wholeSrc={hasImage ? imageUrl(pictures.place, frame) : undefined}
      alt={alt}
      view={view}
      image={image}
      crop={crop}
      objects={isPlain ? NONE : objects}
      look={pictures.look}
    />
  );
}
