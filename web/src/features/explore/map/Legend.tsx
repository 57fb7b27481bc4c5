/** The colours of the map in words: how many points each has within the query; a click selects them. */

import type { MouseEvent } from "react";
import { countOf, formatCount } from "@/core/numbers";
import type { Joining } from "@/core/selection";
import type { Rgb, Shape } from "@/render/scatter/points";
import { joiningOf } from "@/render/scatter/Scatter";
import type { Colouring } from "./colouring";
import classes from "./map.module.css";

/** A legend. */
export interface LegendProps {
  readonly title: string;
  readonly noun: string;
  readonly colouring: Colouring;
  /** Shown points by code. */
  readonly counts: Uint32Array;
  readonly onSelect: (query: string, how: Joining) => void;
}

/** The list. */
export function Legend({ title, noun, colouring, counts, onSelect }: LegendProps) {
  const nMissing = counts[255] ?? 0;
  return (
    <section className={classes.legend} aria-label="Legend">
      <h2 className={`${classes.legendTitle} one-line`}>{title}</h2>
      <ul className={classes.entries}>
        {colouring.rows.map((row, code) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a legend's places are its keys
          <li key={code}>
            <Entry
              label={row.label}
              count={counts[code] ?? 0}
              noun={noun}
              colour={row.colour}
              shape={row.shape}
              query={row.query}
              onSelect={onSelect}
            />
          </li>
        ))}
        {nMissing > 0 ? (
          <li>
            <Entry
              label="no value"
              count={nMissing}
              noun={noun}
              colour={null}
              shape="circle"
              query={colouring.missingQuery}
              onSelect={onSelect}
            />
          </li>
        ) : null}
      </ul>
    </section>
  );
}

interface EntryProps {
  readonly label: string;
  readonly count: number;
  readonly noun: string;
  readonly colour: Rgb | null;
  readonly shape: Shape;
  readonly query: string | null;
  readonly onSelect: (query: string, how: Joining) => void;
}

function Entry({ label, count, noun, colour, shape, query, onSelect }: EntryProps) {
  const isButton = query !== null && count > 0;
  const content = (
    <>
      <Mark colour={colour} shape={shape} />
      <span className={`${classes.entryLabel} one-line`}>{label.slice(0, 200)}</span>
      {isButton ? <span className="visually-hidden">: select </span> : null}
      <span className={classes.entryCount}>{formatCount(count)}</span>
      {isButton ? <span className="visually-hidden"> {count === 1 ? noun : `${noun}s`}</span> : null}
    </>
  );
  if (!isButton) return <span className={classes.entry}>{content}</span>;
  return (
    <button
      type="button"
      className={classes.entry}
      title={`Select ${countOf(count, noun)}; shift adds, alt takes away`}
      onClick={(event: MouseEvent) => onSelect(query, joiningOf(event))}
    >
      {content}
    </button>
  );
}

const PATHS: Readonly<Record<Shape, string>> = {
  circle: "M6 1.2a4.8 4.8 0 1 0 0 9.6a4.8 4.8 0 1 0 0-9.6z",
  square: "M1.8 1.8h8.4v8.4h-8.4z",
  diamond: "M6 .6L11.4 6L6 11.4L.6 6z",
  triangle: "M6 1L11.2 10.6H.8z",
  cross: "M4.4 .8h3.2v3.6h3.6v3.2H7.6v3.6H4.4V7.6H.8V4.4h3.6z",
};

function Mark({ colour, shape }: { colour: Rgb | null; shape: Shape }) {
  return (
    <svg width={12} height={12} viewBox="0 0 12 12" aria-hidden="true" className={classes.mark}>
      <path d={PATHS[shape]} fill={colour ? `rgb(${colour.join(" ")})` : "var(--interval)"} />
    </svg>
  );
}
