/** Addresses of images. */

import type { Place } from "@/core/paths";
import type { Box } from "./geometry";

/** Longer sides the server makes, pixels. */
const SIZES = [64, 128, 256, 512, 1024] as const;

/** Room around a crop on every side, as a share of its longer side. */
export const CROP_MARGIN = 0.2;

/** The whole image of a frame, or a small one at least `side` pixels long where there is one. */
export function imageUrl(place: Place, frame: string, side?: number, crop?: Box): string {
  const params = new URLSearchParams();
  const size = side === undefined ? undefined : SIZES.find((known) => known >= side);
  if (size !== undefined) params.set("size", String(size));
  if (crop) {
    params.set("box", [crop.x, crop.y, crop.width, crop.height].map((n) => Number(n.toFixed(2))).join(","));
    params.set("margin", String(CROP_MARGIN));
  }
  const path = [place.project, "datasets", place.dataset, "images", frame].map(encodeURIComponent).join("/");
  const query = params.toString();
  return `/api/v1/projects/${path}${query ? `?${query}` : ""}`;
}
