/** What the search found: the sentence, what can be done with all of it, then pairs or groups. */

import { Button } from "@mantine/core";
import { useMemo } from "react";
import { useSegments } from "@/api/segments";
import { countOf, formatCount } from "@/core/numbers";
import { pagePath, segmentPath } from "@/core/paths";
import { usePlace } from "@/state/place";
import { AppLink } from "@/ui/AppLink";
import { usePictures } from "@/ui/pictures/usePictures";
import { EmptyState } from "@/ui/States";
import { AddAll, RemoveAll } from "./actions";
import classes from "./discover.module.css";
import { GroupRow } from "./GroupRow";
import { allElements, elementsOf, leakingSegments, leakWords, pairsOf, spareElements } from "./leaks";
import { PairCard } from "./PairCard";
import type { Discovery } from "./useDiscovery";

/** The results. */
export function Found({ discovery }: { discovery: Discovery }) {
  const { shown, found, asked } = discovery;
  const place = usePlace();
  const groups = useMemo(() => found.data?.pages.flatMap(({ items }) => items) ?? [], [found.data]);
  const ids = useMemo(() => allElements(groups), [groups]);
  const pictures = usePictures(place, {
    elements: asked.elements ?? "frames",
    inferenceSet: asked.inference_set,
    ids,
  });
  const first = found.data?.pages[0];
  if (!first) return null;
  const pairs = shown === "leakage" ? pairsOf(groups) : [];
  return (
    <div className={classes.found} data-stale={found.isPlaceholderData || undefined}>
      {shown === "leakage" ? <LeakSummary discovery={discovery} /> : <GroupSummary discovery={discovery} />}
      {shown === "leakage" ? (
        <ul className={classes.pairs} aria-label="Pairs across splits">
          {pairs.map((pair) => (
            <li key={`${pair.first.id} ${pair.second.id}`}>
              <PairCard pair={pair} pictures={pictures} />
            </li>
          ))}
        </ul>
      ) : (
        <ol className={classes.groups} aria-label="Groups of near-duplicates">
          {groups.map((group) => (
            <li key={group.elements[0]?.id}>
              <GroupRow group={group} pictures={pictures} />
            </li>
          ))}
        </ol>
      )}
      {found.hasNextPage ? (
        <Button
          variant="default"
          className={classes.more}
          loading={found.isFetchingNextPage}
          onClick={() => void found.fetchNextPage()}
        >
          Show more of {formatCount(first.n_groups)} {first.n_groups === 1 ? "group" : "groups"}
        </Button>
      ) : null}
    </div>
  );
}

function LeakSummary({ discovery }: { discovery: Discovery }) {
  const place = usePlace();
  const { data: segments } = useSegments(place);
  const { found, asked } = discovery;
  const first = found.data?.pages[0];
  if (!first) return null;
  const splits = segments?.filter(({ type }) => type === "split") ?? [];
  const sizeOf = (name: string) => segments?.find((segment) => segment.name === name)?.n_elements ?? 0;
  const names = leakingSegments(first.counts, sizeOf);
  if (names.length === 0) {
    if (segments && splits.length < 2)
      return (
        <EmptyState
          title="Leakage needs two splits"
          action={<AppLink href={pagePath(place, "explore")}>Make them in Explore</AppLink>}
        >
          Make a Model Performance segment of type Split for training and one for testing: query, Select all,
          Add to Segment.
        </EmptyState>
      );
    return (
      <EmptyState title={leakWords(names, first.counts, "frame")}>
        No frame of a Split segment is nearer than {first.max_distance} to a frame of another one.
      </EmptyState>
    );
  }
  return (
    <section aria-label="Leakage" className={classes.summary}>
      <p className={classes.sentence} role="status">
        <span aria-hidden="true" className={classes.warning}>
          ▲
        </span>{" "}
        <strong>{leakWords(names, first.counts, "frame")}</strong>{" "}
        <span className={classes.dim}>{countOf(first.n_pairs, "pair")}, nearest first</span>
      </p>
      <ul className={classes.segments}>
        {names.map((name) => (
          <li key={name} className={classes.segment}>
            <AppLink href={segmentPath(place, name)} className="user-text">
              {name}
            </AppLink>
            <span className={classes.dim}>
              {formatCount(first.counts[name] ?? 0)} of {formatCount(sizeOf(name))}
            </span>
            <span className={classes.actions}>
              <AddAll
                asked={asked}
                pick={(groups) => elementsOf(groups, name)}
                about={`leaking frames of ${name}`}
                suggestedName={`Leaking frames of ${name}`}
              >
                Add to Segment
              </AddAll>
              <RemoveAll
                asked={asked}
                segment={name}
                count={first.counts[name] ?? 0}
                others={names.filter((other) => other !== name)}
              />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function GroupSummary({ discovery }: { discovery: Discovery }) {
  const { found, asked } = discovery;
  const first = found.data?.pages[0];
  if (!first) return null;
  if (first.n_groups === 0)
    return (
      <EmptyState title="No near-duplicates at this distance">
        No two frames are nearer than {first.max_distance} to each other.
      </EmptyState>
    );
  return (
    <section aria-label="Near-duplicates" className={classes.summary}>
      <div className={classes.segment}>
        <p className={classes.sentence} role="status">
          <strong>
            {countOf(first.n_elements, "frame")} in {countOf(first.n_groups, "group")} of near-duplicates.
          </strong>{" "}
          <span className={classes.dim}>{countOf(first.n_pairs, "pair")}, nearest first</span>
        </p>
        <span className={classes.actions}>
          <AddAll asked={asked} pick={allElements} about="near-duplicates" suggestedName="Near-duplicates">
            Add all to Segment
          </AddAll>
          <AddAll
            asked={asked}
            pick={spareElements}
            about="spare near-duplicates"
            suggestedName="Spare near-duplicates"
          >
            Add all but one of each
          </AddAll>
        </span>
      </div>
    </section>
  );
}
