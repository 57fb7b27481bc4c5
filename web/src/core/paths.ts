/** Addresses of pages; search parameters come from `writeView`. */

import { type ViewSearch, writeView } from "./url";

/** A dataset of a project: what nearly every page is about. */
export interface Place {
  readonly project: string;
  readonly dataset: string;
}

/** Pages of a dataset. */
export type DatasetPage =
  | "explore"
  | "metrics"
  | "segments"
  | "discover"
  | "inference-sets"
  | "upload"
  | "report";

/** `/p/demo/d/street`. */
export function placePath(place: Place): string {
  return `/p/${encodeURIComponent(place.project)}/d/${encodeURIComponent(place.dataset)}`;
}

/** A page of a dataset. */
export function pagePath(place: Place, page: DatasetPage, view: ViewSearch = {}): string {
  return `${placePath(place)}/${page}${writeView(view)}`;
}

/** A segment's own page. */
export function segmentPath(place: Place, segment: string, view: ViewSearch = {}): string {
  return `${placePath(place)}/segments/${encodeURIComponent(segment)}${writeView(view)}`;
}

/** A frame's own page. */
export function framePath(place: Place, frame: string, view: ViewSearch = {}): string {
  return `${placePath(place)}/frames/${encodeURIComponent(frame)}${writeView(view)}`;
}
