/** Beside the image: outcomes of each set, segments, metadata. */

import { useMemo } from "react";
import { type Outcome, useOutcomes } from "@/api/numbers";
import type { FrameBody } from "@/api/types";
import { countOf, formatScore } from "@/core/numbers";
import { pagePath, segmentPath } from "@/core/paths";
import { fieldText, quoted, valueTerm } from "@/core/queries";
import { thresholdOf } from "@/core/url";
import { useOperatingPoint } from "@/state/operatingPoint";
import { usePlace } from "@/state/place";
import { useView } from "@/state/view";
import { AppLink } from "@/ui/AppLink";
import { InlineProblem } from "@/ui/States";
import { shownValue } from "../values";
import classes from "./frame.module.css";
import { classesOf, inOrder, keysOf, nErrors, outcomeLook } from "./outcomes";

const LONGEST = 2000;

interface Highlighting {
  readonly highlighted: ReadonlySet<string> | null;
  readonly onHighlight: (keys: readonly string[] | null) => void;
  readonly onFocus: (keys: readonly string[]) => void;
  readonly colourOf: (className: string) => string;
}

/** All that is known of a frame. */
export interface FrameFactsProps extends Highlighting {
  readonly frame: string;
  readonly body: FrameBody;
  readonly sets: readonly string[];
}

/** The panel. */
export function FrameFacts({ frame, body, sets, ...highlighting }: FrameFactsProps) {
  const place = usePlace();
  return (
    <aside className={classes.facts} aria-label="About this frame">
      {sets.map((name, i) => (
        <SetOutcomes key={name} frame={frame} name={name} layer={i + 1} {...highlighting} />
      ))}
      {sets.length === 0 ? (
        <section aria-label="Labels">
          <h2 className={classes.factsTitle}>{countOf(body.labels.length, "label")}</h2>
          <p className={`${classes.quiet} user-text`}>{classCounts(body.labels)}</p>
        </section>
      ) : null}
      <section aria-label="Segments">
        <h2 className={classes.factsTitle}>Segments</h2>
        {body.segments.length ? (
          <ul className={classes.segments}>
            {body.segments.map((name) => (
              <li key={name}>
                <AppLink href={segmentPath(place, name)} className="user-text">
                  {name}
                </AppLink>
              </li>
            ))}
          </ul>
        ) : (
          <p className={classes.quiet}>In no segment of frames.</p>
        )}
      </section>
      <Metadata frame={body.frame} />
    </aside>
  );
}

function classCounts(labels: FrameBody["labels"]): string {
  const counts = new Map<string, number>();
  for (const { class: name } of labels) {
    const short = String(name).slice(0, 120);
    counts.set(short, (counts.get(short) ?? 0) + 1);
  }
  return [...counts].map(([name, n]) => `${n} ${name}`).join(" · ");
}

interface SetOutcomesProps extends Highlighting {
  readonly frame: string;
  readonly name: string;
  readonly layer: number;
}

function SetOutcomes({ frame, name, layer, highlighted, onHighlight, onFocus, colourOf }: SetOutcomesProps) {
  const { confidence, iou } = useOperatingPoint();
  const { data, error, hasNextPage, fetchNextPage, isPlaceholderData } = useOutcomes(usePlace(), {
    inferenceSet: name,
    confidence: thresholdOf(confidence, name),
    iou: thresholdOf(iou, name),
    query: `id:${quoted(frame)}`,
  });
  const outcomes = useMemo(() => inOrder(data?.pages.flatMap(({ items }) => items) ?? []), [data]);
  const context = data?.pages[0]?.context;
  return (
    <section aria-label={`Outcomes of ${name}`} data-stale={isPlaceholderData || undefined}>
      <h2 className={classes.factsTitle}>
        <span className="user-text">{name}</span>
        {data ? <span className={classes.quiet}>{countOf(nErrors(outcomes), "error")}</span> : null}
      </h2>
      {error ? <InlineProblem error={error} /> : null}
      {data && outcomes.length === 0 ? (
        <p className={classes.quiet}>
          {context?.n_frames === 0 ? "Does not cover this frame." : "Nothing labelled, nothing inferred."}
        </p>
      ) : null}
      {outcomes.length ? (
        <div className={classes.heads} aria-hidden="true">
          <span>confidence</span>
          <span>IoU</span>
        </div>
      ) : null}
      <ul className={classes.outcomes} onPointerLeave={() => onHighlight(null)}>
        {outcomes.map((outcome) => {
          const keys = keysOf(outcome, layer);
          return (
            <li key={`${outcome.label_id} ${outcome.inference_id}`}>
              <OutcomeRow
                outcome={outcome}
                isOn={keys.some((key) => highlighted?.has(key))}
                onHighlight={() => onHighlight(keys)}
                onFocus={() => onFocus(keys)}
                colour={colourOf(outcome.kind === "false_positive" ? outcome.predicted : outcome.truth)}
              />
            </li>
          );
        })}
      </ul>
      {hasNextPage ? (
        <button type="button" className={classes.more} onClick={() => void fetchNextPage()}>
          More
        </button>
      ) : null}
    </section>
  );
}

interface OutcomeRowProps {
  readonly outcome: Outcome;
  readonly isOn: boolean;
  readonly onHighlight: () => void;
  readonly onFocus: () => void;
  readonly colour: string;
}

function OutcomeRow({ outcome, isOn, onHighlight, onFocus, colour }: OutcomeRowProps) {
  const look = outcomeLook(outcome.kind);
  return (
    <button
      type="button"
      className={classes.outcome}
      data-on={isOn || undefined}
      onPointerEnter={onHighlight}
      onFocus={onHighlight}
      onClick={onFocus}
      title="Zoom to it"
    >
      <span className={classes.kind} data-tone={look.tone}>
        <span aria-hidden="true">{look.shape}</span> {look.word}
      </span>
      <span className={classes.swatch} style={{ background: colour }} aria-hidden="true" />
      <span className={`${classes.class} user-text`}>{classesOf(outcome).slice(0, 120)}</span>
      <span className={classes.number} title="Confidence">
        {outcome.confidence === null ? "" : formatScore(outcome.confidence)}
      </span>
      <span className={classes.number} title="IoU">
        {outcome.iou === null ? "" : outcome.iou.toFixed(2)}
      </span>
    </button>
  );
}

const LAST = new Set(["source_id", "file_name", "url"]);

/** What people uploaded comes first, then what Shoal knows of every frame, then where it came from. */
function rank(column: string): number {
  if (LAST.has(column)) return 2;
  return column.startsWith("user__") ? 0 : 1;
}

function Metadata({ frame }: { frame: FrameBody["frame"] }) {
  const place = usePlace();
  const view = useView();
  const rows = Object.entries(frame).filter(
    ([name, value]) => name !== "frame_id" && value !== null && value !== undefined,
  );
  const ordered = rows.sort(([a], [b]) => rank(a) - rank(b));
  const own = { ...view, view: undefined, elements: undefined, extra: undefined };
  return (
    <section aria-label="Metadata">
      <h2 className={classes.factsTitle}>Metadata</h2>
      <table className={classes.table}>
        <tbody>
          {ordered.map(([column, value]) => {
            const name = column.replace(/^user__/, "");
            const text = shownValue(value, name).slice(0, LONGEST);
            const isPlain =
              typeof value === "string" || typeof value === "number" || typeof value === "boolean";
            const isFindable = isPlain && !LAST.has(name) && text.length < 200;
            const term = isFindable
              ? valueTerm(column.startsWith("user__") ? name : fieldText(column), value)
              : "";
            return (
              <tr key={column}>
                <th scope="row" className="user-text">
                  {name}
                </th>
                <td className="user-text">
                  {isFindable && !/^\d{4}-\d\d-\d\dT/.test(String(value)) ? (
                    <AppLink
                      href={pagePath(place, "explore", { ...own, q: term })}
                      title={`Frames with ${term}`}
                    >
                      {text}
                    </AppLink>
                  ) : text.length > 300 ? (
                    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
                    <div className={classes.long} tabIndex={0}>
                      {text}
                    </div>
                  ) : (
                    text
                  )}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
