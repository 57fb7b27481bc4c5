/** Everything that can be gone to by its name. */

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { datasetsOptions } from "@/api/datasets";
import { inferenceSetsOptions } from "@/api/inferenceSets";
import { segmentsOptions } from "@/api/segments";
import { type Place, pagePath, segmentPath } from "@/core/paths";
import { segmentType } from "@/core/segments";
import { usePresentOrLastPlace } from "@/state/lastPlace";
import { useView } from "@/state/view";
import { FEATURES } from "./features";
import { carriedView, featureHref } from "./LeftBar";

/** A place with a name. */
export interface Destination {
  readonly name: string;
  readonly kind: string;
  readonly href: string;
}

const SHOWN = 50;
const NOWHERE: Place = { project: "", dataset: "" };

/** Pages first, then segments, inference sets, datasets. */
export function useDestinations(): readonly Destination[] {
  const place = usePresentOrLastPlace();
  const view = useView();
  const enabled = place !== null;
  const { data: segments } = useQuery({ ...segmentsOptions(place ?? NOWHERE), enabled });
  const { data: sets } = useQuery({ ...inferenceSetsOptions(place ?? NOWHERE), enabled });
  const { data: datasets } = useQuery({ ...datasetsOptions(place?.project ?? ""), enabled });
  return useMemo(() => {
    const paths = new Set(FEATURES.map(({ path }) => path));
    const pages = FEATURES.filter(({ link, path }) => link && (place || path.startsWith("/"))).map(
      (feature) => ({
        name: feature.link?.name ?? "",
        kind: "Page",
        href: featureHref(feature, place, view),
      }),
    );
    if (!place) return pages;
    const carried = carriedView(view);
    return [
      ...pages,
      ...(paths.has("segments/$segment") ? (segments ?? []) : []).map(({ name, type }) => ({
        name,
        kind: segmentType(type).name,
        href: segmentPath(place, name, { ...carried, q: undefined }),
      })),
      ...(paths.has("metrics") ? (sets ?? []) : []).map(({ name }) => ({
        name,
        kind: "Inference set",
        href: pagePath(place, "metrics", { ...carried, q: undefined, tab: "metrics", sets: [name] }),
      })),
      ...(paths.has("explore") ? (datasets ?? []) : []).map(({ name }) => ({
        name,
        kind: "Dataset",
        href: pagePath({ project: place.project, dataset: name }, "explore"),
      })),
    ];
  }, [place, view, segments, sets, datasets]);
}

/** Those with all words of a text in their name or kind; names that start with it come first. */
export function matching(destinations: readonly Destination[], text: string): readonly Destination[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const start = words.join(" ");
  const found = destinations.filter(({ name, kind }) => {
    const hay = `${name} ${kind}`.toLowerCase();
    return words.every((word) => hay.includes(word));
  });
  const rank = ({ name }: Destination) => (start && name.toLowerCase().startsWith(start) ? 0 : 1);
  return [...found].sort((a, b) => rank(a) - rank(b)).slice(0, SHOWN);
}
