/** The query bar of the present view: its query is the address's `q`. */

import { usePlace } from "@/state/place";
import { useSetView, useView } from "@/state/view";
import { QueryBar } from "./QueryBar";

interface ViewQueryBarProps {
  readonly inferenceSet?: string | undefined;
  /** Count within this segment. */
  readonly segment?: string | undefined;
}

/** Binds the query bar to the address. */
export function ViewQueryBar({ inferenceSet, segment }: ViewQueryBarProps) {
  const { q = "", elements = "frames" } = useView();
  const setView = useSetView();
  return (
    <QueryBar
      place={usePlace()}
      value={q}
      elements={elements}
      inferenceSet={inferenceSet}
      segment={segment}
      onChange={(query, options) => setView({ q: query || undefined }, options)}
    />
  );
}
