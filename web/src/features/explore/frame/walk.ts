/** The list the reader walks through frame by frame: the selection, or what the query finds. */

import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { frameOptions, type PagesRequest, useNeighbours } from "@/api/selections";
import { framePath, pagePath } from "@/core/paths";
import type { ViewSearch } from "@/core/url";
import { imageUrl } from "@/render/imageUrl";
import { useGo, usePlace } from "@/state/place";
import { useSelection } from "@/state/selection";
import { useView } from "@/state/view";
import { type About, useAbout } from "../about";

/** Where the reader is in the list. */
export interface Walk {
  readonly isSelection: boolean;
  /** Counted from 0; absent when the frame is not in the list. */
  readonly place: number | undefined;
  readonly count: number | undefined;
  readonly before: (() => void) | undefined;
  readonly after: (() => void) | undefined;
  readonly gridHref: string;
}

/** Walk from a frame. */
export function useWalk(frame: string, inferenceSets: readonly string[]): Walk {
  const place = usePlace();
  const view = useView();
  const about = useAbout();
  const go = useGo();
  const kept = useQueryClient();
  const selection = useSelection();
  const isSelection =
    view.extra?.walk === "selection" && selection.elements === "frames" && selection.where !== null;
  const request = useMemo(
    () => walkRequest(about, isSelection ? selection.where : null),
    [about, isSelection, selection.where],
  );
  const { data } = useNeighbours(place, request, frame);
  const { before, after } = data ?? {};

  const { project, dataset } = place;
  useEffect(() => {
    const prepare = async (id: string) => {
      const at = { project, dataset };
      const body = await kept.ensureQueryData(frameOptions(at, id, inferenceSets));
      if (body.frame.url) new Image().src = imageUrl(at, id);
    };
    // What fails here is told when the frame itself is opened.
    for (const id of [after, before]) if (id !== undefined) prepare(id).catch(() => {});
  }, [kept, project, dataset, before, after, inferenceSets]);

  // Steps replace one another, so that Back leads to where the walk began.
  const step = (id: string | undefined) =>
    id === undefined ? undefined : () => go(framePath(place, id, withoutObject(view)), { replace: true });
  const { walk: _, ...extra } = withoutObject(view).extra ?? {};
  return {
    isSelection,
    place: data?.place,
    count: data?.count,
    before: step(before),
    after: step(after),
    gridHref: pagePath(place, "explore", { ...view, view: undefined, extra }),
  };
}

/** What is asked for the frames of a walk. */
export function walkRequest(about: About, selected: PagesRequest["selection"] | null): PagesRequest {
  const { elements, where, inferenceSet, request } = about;
  if (elements === "frames") return { ...request, selection: selected ?? where };
  const { sort: _, ...unsorted } = request;
  const of = { selection: where, elements, inference_set: inferenceSet ?? null };
  return { ...unsorted, elements: "frames", selection: selected ?? { of } };
}

function withoutObject(view: ViewSearch): ViewSearch {
  const { object: _, ...extra } = view.extra ?? {};
  return { ...view, extra };
}
