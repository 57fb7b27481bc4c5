/** The state of a view, kept in the address. */

import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";
import type { ViewSearch } from "@/core/url";

/** What the address says. */
export function useView(): ViewSearch {
  return useSearch({ strict: false }) as ViewSearch;
}

/** A change of the address: what is absent stays, `undefined` goes. */
export type ViewChange = ViewSearch | ((view: ViewSearch) => ViewSearch);

/** Change the address; a new entry for Back unless `replace`. */
export function useSetView(): (change: ViewChange, options?: { replace?: boolean }) => void {
  const navigate = useNavigate();
  return useCallback(
    (change, { replace = false } = {}) => {
      const search = (before: ViewSearch) => ({
        ...before,
        ...(typeof change === "function" ? change(before) : change),
      });
      void navigate({ to: ".", search: search as never, replace, resetScroll: false });
    },
    [navigate],
  );
}

/** A text of one feature's own in the address, such as `truth` or `zoom`. */
export function useExtra(
  name: string,
): readonly [string | undefined, (value: string | undefined, options?: { replace?: boolean }) => void] {
  const setView = useSetView();
  const set = useCallback(
    (value: string | undefined, options?: { replace?: boolean }) =>
      setView((before) => {
        const extra = { ...before.extra };
        if (value === undefined || value === "") delete extra[name];
        else extra[name] = value;
        return { extra: Object.keys(extra).length ? extra : undefined };
      }, options),
    [setView, name],
  );
  return [useView().extra?.[name], set];
}
