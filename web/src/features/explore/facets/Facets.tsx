/** How values are spread over what matches; a click narrows the query to one. */

import { useDebouncedValue } from "@mantine/hooks";
import { useMemo, useState } from "react";
import { useDataset } from "@/api/datasets";
import { useOutcomes } from "@/api/numbers";
import { type FacetsRequest, useFacets } from "@/api/selections";
import type { FacetBody } from "@/api/types";
import { formatCount } from "@/core/numbers";
import { fieldText, valueTerm } from "@/core/queries";
import { usePlace } from "@/state/place";
import { useHasBoxes } from "@/state/task";
import { useSetView } from "@/state/view";
import { InlineProblem } from "@/ui/States";
import type { About } from "../about";
import { aboutLabels, hasTerm, withoutTerm, withTerm } from "../terms";
import { shownValue } from "../values";
import classes from "./facets.module.css";
import { Histogram } from "./Histogram";

const FEW = 6;
/** With more values than these, there is a box to search them. */
const MANY = 12;
const PAUSE_MS = 150;

/** The panel. */
export function Facets({ about }: { about: About }) {
  const place = usePlace();
  const { elements, query, inferenceSet } = about;
  const { data: dataset } = useDataset(place);
  const setView = useSetView();
  const common = { query, inferenceSet };
  const isFrames = elements === "frames";
  const ofObjects = useHasBoxes() ? ["class", "area_px"] : ["class"];
  const askedOfOwn: FacetsRequest = {
    ...common,
    elements,
    ...(isFrames ? {} : { fields: [...ofObjects, ...(elements === "inferences" ? ["confidence"] : [])] }),
  };
  const askedOfLabels: FacetsRequest = {
    ...common,
    elements: "labels",
    queryElements: "frames",
    fields: ofObjects,
  };
  const askedOfFrames: FacetsRequest = { ...common, elements: "frames", queryElements: elements };
  const own = useFacets(place, askedOfOwn);
  const ofLabels = useFacets(place, askedOfLabels, {
    enabled: isFrames && (dataset?.n_labels ?? 0) > 0,
  });
  const ofFrames = useFacets(place, askedOfFrames, { enabled: !isFrames });
  const toggle = (term: string) =>
    setView({ q: (hasTerm(query, term) ? withoutTerm(query, term) : withTerm(query, term)) || undefined });
  const exclude = (term: string) => setView({ q: withTerm(query, `NOT ${term}`) });
  const shared = { query, onToggle: toggle, onExclude: exclude };
  const noun = elements === "inferences" ? "Inferences" : "Labels";
  return (
    <aside className={classes.panel} aria-label="Facets">
      {own.error ? <InlineProblem error={own.error} /> : null}
      <Group
        name={isFrames ? "Frames" : noun}
        facets={own.data?.items}
        isStale={own.isPlaceholderData}
        asked={askedOfOwn}
        wrap={(term) => term}
        {...shared}
      />
      {isFrames ? (
        <Group
          name="Labels in them"
          facets={ofLabels.data?.items}
          isStale={ofLabels.isPlaceholderData}
          asked={askedOfLabels}
          wrap={(term) => aboutLabels(term, elements)}
          {...shared}
        />
      ) : (
        <Group
          name="Frames they are in"
          facets={ofFrames.data?.items}
          isStale={ofFrames.isPlaceholderData}
          asked={askedOfFrames}
          wrap={(term) => term}
          fieldOf={(field) => `frame.${field}`}
          {...shared}
        />
      )}
      {isFrames && inferenceSet !== undefined ? (
        <Outcomes inferenceSet={inferenceSet} {...shared} about={about} />
      ) : null}
    </aside>
  );
}

interface Handlers {
  readonly query: string;
  readonly onToggle: (term: string) => void;
  readonly onExclude: (term: string) => void;
}

interface GroupProps extends Handlers {
  readonly name: string;
  readonly facets: readonly FacetBody[] | undefined;
  readonly isStale: boolean;
  /** What the facets answer; asked again, of one field, when its values are searched. */
  readonly asked: FacetsRequest;
  readonly wrap: (term: string) => string;
  readonly fieldOf?: (field: string) => string;
}

function Group({ name, facets, isStale, asked, wrap, fieldOf = (field) => field, ...handlers }: GroupProps) {
  const items = facets?.filter((facet) => (facet.n_distinct ?? 0) > 0 || (facet.n_missing ?? 0) > 0) ?? [];
  if (!items.length) return null;
  return (
    <section aria-label={name} className={classes.group} data-stale={isStale || undefined}>
      <h2 className={classes.groupName}>{name}</h2>
      {items.map((facet) => (
        <Facet
          key={facet.field}
          facet={facet}
          asked={asked}
          field={fieldOf(facet.field)}
          wrap={wrap}
          {...handlers}
        />
      ))}
    </section>
  );
}

interface FacetProps extends Handlers {
  readonly facet: FacetBody;
  readonly asked: FacetsRequest;
  readonly field: string;
  readonly wrap: (term: string) => string;
}

function Facet({ facet: whole, asked, field, wrap, query, onToggle, onExclude }: FacetProps) {
  const [isLong, setIsLong] = useState(false);
  const [text, setText] = useState("");
  const [contains] = useDebouncedValue(isLong ? text.trim() : "", PAUSE_MS);
  const found = useFacets(
    usePlace(),
    { ...asked, fields: [whole.field], contains },
    { enabled: contains !== "" },
  );
  const facet = (contains && found.data?.items[0]) || whole;
  const nDistinct = whole.n_distinct ?? 0;
  const values = facet.values ?? [];
  const shownValues = isLong ? values : values.slice(0, FEW);
  const most = Math.max(1, ...values.map(({ count }) => count));
  const missing = wrap(`NOT exists(${fieldText(field)})`);
  return (
    <div className={classes.facet}>
      <h3 className={`${classes.field} one-line`} title={facet.field}>
        {facet.field}
      </h3>
      {facet.kind === "histogram" ? (
        <Histogram facet={facet} field={field} wrap={wrap} query={query} onToggle={onToggle} />
      ) : (
        <ul className={classes.values}>
          {isLong && nDistinct > MANY ? (
            <li>
              <input
                type="search"
                className={classes.search}
                aria-label={`Search values of ${whole.field}`}
                placeholder="Search values"
                value={text}
                onChange={(event) => setText(event.currentTarget.value)}
              />
            </li>
          ) : null}
          {contains && values.length === 0 ? <li className={classes.none}>No such value.</li> : null}
          {shownValues.map(({ value, count }) => (
            <ValueRow
              key={String(value)}
              text={shownValue(value)}
              count={count}
              share={count / most}
              term={wrap(valueTerm(field, value))}
              {...{ query, onToggle, onExclude }}
            />
          ))}
        </ul>
      )}
      {(facet.n_missing ?? 0) > 0 ? (
        <ul className={classes.values}>
          <ValueRow
            text="missing"
            isQuiet
            count={facet.n_missing ?? 0}
            share={0}
            term={missing}
            {...{ query, onToggle, onExclude }}
          />
        </ul>
      ) : null}
      {(whole.values ?? []).length > FEW ? (
        <button
          type="button"
          className={classes.more}
          onClick={() => setIsLong(!isLong)}
          aria-expanded={isLong}
        >
          {isLong ? "Fewer" : `${formatCount(nDistinct - FEW)} more`}
        </button>
      ) : null}
    </div>
  );
}

interface ValueRowProps extends Handlers {
  readonly text: string;
  readonly count: number;
  readonly share: number;
  readonly term: string;
  readonly isQuiet?: boolean;
}

function ValueRow({ text, count, share, term, isQuiet, query, onToggle, onExclude }: ValueRowProps) {
  const isOn = hasTerm(query, term);
  const short = text.slice(0, 120);
  return (
    <li className={classes.value} data-on={isOn || undefined}>
      <button
        type="button"
        className={classes.pick}
        aria-pressed={isOn}
        title={`${isOn ? "Take away" : "Add"} ${term.slice(0, 200)}`}
        onClick={() => onToggle(term)}
      >
        <span
          className={classes.bar}
          style={{ width: `${Math.max(share > 0 ? 1 : 0, share * 100)}%` }}
          aria-hidden="true"
        />
        <span className={`${classes.text} one-line`} data-quiet={isQuiet || undefined}>
          {isOn ? "✓ " : ""}
          {short}
        </span>
        <span className={classes.count}>{formatCount(count)}</span>
      </button>
      {isOn ? null : (
        <button
          type="button"
          className={classes.not}
          aria-label={`Not ${short}`}
          title={`Add NOT ${term.slice(0, 200)}`}
          onClick={() => onExclude(term)}
        >
          −
        </button>
      )}
    </li>
  );
}

const KINDS = [
  { kind: "true_positive", text: "found" },
  { kind: "confusion", text: "confused" },
  { kind: "false_negative", text: "missed" },
  { kind: "false_positive", text: "false alarm" },
] as const;

/** How often one set is right and wrong on what matches, at the present operating point. */
function Outcomes({ inferenceSet, about, ...handlers }: Handlers & { inferenceSet: string; about: About }) {
  const { query, request } = about;
  const asked = {
    inferenceSet,
    confidence: request.confidence ?? undefined,
    iou: request.iou ?? undefined,
    ...(query ? { query } : {}),
  };
  const place = usePlace();
  const limit = { limit: 0 };
  const found = [
    useOutcomes(place, { ...asked, kind: KINDS[0].kind }, limit),
    useOutcomes(place, { ...asked, kind: KINDS[1].kind }, limit),
    useOutcomes(place, { ...asked, kind: KINDS[2].kind }, limit),
    useOutcomes(place, { ...asked, kind: KINDS[3].kind }, limit),
  ];
  const counts = found.map(({ data }) => data?.pages[0]?.total ?? 0);
  const most = Math.max(1, ...counts);
  const isStale = found.some(({ isPlaceholderData }) => isPlaceholderData);
  const set = useMemo(() => outcomeName(inferenceSet), [inferenceSet]);
  if (found.some(({ data }) => data === undefined)) return null;
  return (
    <section aria-label="Outcomes" className={classes.group} data-stale={isStale || undefined}>
      <h2 className={classes.groupName}>
        Outcomes of <span className="user-text">{inferenceSet}</span>
      </h2>
      <ul className={classes.values}>
        {KINDS.map(({ kind, text }, i) => (
          <ValueRow
            key={kind}
            text={text}
            count={counts[i] ?? 0}
            share={(counts[i] ?? 0) / most}
            term={`outcome@${set}(kind:${kind})`}
            {...handlers}
          />
        ))}
      </ul>
    </section>
  );
}

/** Names of sets are slugs; those that start like numbers or hold dots go between quotes. */
function outcomeName(name: string): string {
  return /^[A-Za-z_][\w-]*$/.test(name) ? name : `"${name}"`;
}
