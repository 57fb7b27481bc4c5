/** Where the reader is: the dataset in the address, and going elsewhere. */

import { useParams, useRouter } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import type { Place } from "@/core/paths";

/** The dataset of the present page; only below `/p/$project/d/$dataset`. */
export function usePlace(): Place {
  const place = useMaybePlace();
  if (place === null) throw new Error("This component needs a page of a dataset around it.");
  return place;
}

/** The dataset of the present page, or `null` on pages without one. */
export function useMaybePlace(): Place | null {
  const project = useParams({ strict: false, select: (params) => named(params, "project") });
  const dataset = useParams({ strict: false, select: (params) => named(params, "dataset") });
  return useMemo(
    () => (project !== undefined && dataset !== undefined ? { project, dataset } : null),
    [project, dataset],
  );
}

/** A part of the present address, such as `segment` or `frame`. */
export function usePathPart(name: string): string | undefined {
  return useParams({ strict: false, select: (params) => named(params, name) });
}

/** Go to an address made by `core/paths`. */
export function useGo(): (href: string, options?: { replace?: boolean }) => void {
  const { history } = useRouter();
  return useCallback(
    (href, { replace = false } = {}) => (replace ? history.replace(href) : history.push(href)),
    [history],
  );
}

function named(params: unknown, name: string): string | undefined {
  const value = (params as Record<string, unknown>)[name];
  return typeof value === "string" ? value : undefined;
}
