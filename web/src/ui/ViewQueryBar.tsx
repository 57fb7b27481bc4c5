/** The query bar of the present view: its query is the address's `q`. */

import { usePlace } from "@/state/place";
import { useSetView, useView } from "@/state/view";
import { QueryBar } from "./QueryBar";

/** Binds the query bar to the address. */
export function ViewQueryBar({ inferenceSet }: { inferenceSet?: string | undefined }) {
  const { q = "", elements = "frames" } = useView();
  const setView = useSetView();
  return (
    <QueryBar
      place={usePlace()}
      value={q}
      elements={elements}
      inferenceSet={inferenceSet}
      onChange={(query, options) => setView({ q: query || undefined }, options)}
    />
  );
}
