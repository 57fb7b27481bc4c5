/** A histogram: a click on a bar, or a drag over several, adds their range to the query. */

import { type PointerEvent, useRef, useState } from "react";
import type { FacetBody } from "@/api/types";
import { formatCount, formatNumber } from "@/core/numbers";
import { hasTerm, rangeTerm } from "../terms";
import classes from "./facets.module.css";

/** A histogram of one field. */
export interface HistogramProps {
  readonly facet: FacetBody;
  readonly field: string;
  readonly wrap: (term: string) => string;
  readonly query: string;
  readonly onToggle: (term: string) => void;
}

/** Bars over equal ranges; small counts keep a visible foot. */
export function Histogram({ facet, field, wrap, query, onToggle }: HistogramProps) {
  const edges = facet.edges ?? [];
  const counts = facet.counts ?? [];
  const most = Math.max(1, ...counts);
  const started = useRef<number | null>(null);
  const [drawn, setDrawn] = useState<readonly [number, number] | null>(null);

  const termOf = (from: number, to: number) =>
    wrap(rangeTerm(field, edges[Math.min(from, to)] ?? 0, edges[Math.max(from, to) + 1] ?? 0));
  const barAt = (event: PointerEvent<HTMLElement>) => {
    const bounds = event.currentTarget.getBoundingClientRect();
    const share = (event.clientX - bounds.left) / bounds.width;
    return Math.min(counts.length - 1, Math.max(0, Math.floor(share * counts.length)));
  };
  return (
    <div>
      {/* biome-ignore lint/a11y/useSemanticElements: bars of a chart, not fields of a form */}
      <div
        className={classes.bars}
        role="group"
        aria-label={`${facet.field}, ${formatNumber(edges[0])} to ${formatNumber(edges.at(-1))}`}
        onPointerDown={(event) => {
          started.current = barAt(event);
        }}
        onPointerMove={(event) => {
          if (started.current === null) return;
          const to = barAt(event);
          if (to !== started.current || drawn) setDrawn([started.current, to]);
        }}
        onPointerUp={() => {
          if (drawn && drawn[0] !== drawn[1]) onToggle(termOf(drawn[0], drawn[1]));
          started.current = null;
          setDrawn(null);
        }}
        onPointerLeave={() => {
          started.current = null;
          setDrawn(null);
        }}
      >
        {counts.map((count, i) => {
          const range = `${formatNumber(edges[i])} to ${formatNumber(edges[i + 1])}: ${formatCount(count)}`;
          const isDrawn = drawn !== null && i >= Math.min(...drawn) && i <= Math.max(...drawn);
          return (
            <button
              // biome-ignore lint/suspicious/noArrayIndexKey: a bar is its place
              key={i}
              type="button"
              className={classes.column}
              data-drawn={isDrawn || undefined}
              data-on={hasTerm(query, termOf(i, i)) || undefined}
              aria-label={range}
              title={range}
              tabIndex={count ? 0 : -1}
              onClick={() => count > 0 && onToggle(termOf(i, i))}
            >
              <span style={{ height: count ? `max(2px, ${(count / most) * 100}%)` : 0 }} />
            </button>
          );
        })}
      </div>
      <div className={classes.ends}>
        <span>{formatNumber(edges[0])}</span>
        <span>{formatNumber(edges.at(-1))}</span>
      </div>
    </div>
  );
}
