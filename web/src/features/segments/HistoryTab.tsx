/** How a segment came to hold what it holds: versions, and what its kept query says today. */

import { Button } from "@mantine/core";
import { useChangeElements, useSegmentDifference, useSegmentVersions } from "@/api/segments";
import type { SegmentBody, SegmentVersionBody } from "@/api/types";
import { formatAgo, formatTime } from "@/core/dates";
import { countOf, formatCount } from "@/core/numbers";
import { type Place, pagePath, segmentPath } from "@/core/paths";
import { AppLink } from "@/ui/AppLink";
import { type Column, DataTable } from "@/ui/DataTable";
import { ErrorState, InlineProblem, LoadingState } from "@/ui/States";
import { differenceWords } from "./difference";
import { useSegmentEdits } from "./edits";
import classes from "./HistoryTab.module.css";
import { differencePath, ELEMENT_NOUNS } from "./links";
import { originParts } from "./origin";
import { useUndo } from "./undo";

/** The history of the segment. */
export function HistoryTab() {
  const { place, segment } = useSegmentEdits();
  const versions = useSegmentVersions(place, segment.name);
  const columns = columnsOf(place, segment);
  if (versions.error) return <ErrorState error={versions.error} onRetry={() => void versions.refetch()} />;
  if (!versions.data) return <LoadingState label="Loading versions" />;
  return (
    <div className={classes.tab}>
      {segment.query ? <RuleDifference query={segment.query} /> : null}
      <section className={classes.part} aria-label="Versions">
        <h2 className={classes.title}>Versions</h2>
        <div className={classes.scroll}>
          <DataTable
            label="Versions"
            columns={columns}
            rows={versions.data}
            rowKey={({ number }) => String(number)}
          />
        </div>
      </section>
    </div>
  );
}

function RuleDifference({ query }: { query: string }) {
  const { place, segment, fail } = useSegmentEdits();
  const { data, error } = useSegmentDifference(place, segment.name);
  const change = useChangeElements(place);
  const offerUndo = useUndo();
  const noun = ELEMENT_NOUNS[segment.elements];
  const follow = () =>
    change.mutate(
      { segment: segment.name, revision: segment.revision, follow_query: true },
      {
        onSuccess: (changed) =>
          offerUndo(
            `Version ${changed.version} holds the ${countOf(changed.n_elements, noun)} the query selects.`,
            segment.version,
            changed,
          ),
        onError: fail,
      },
    );
  return (
    <section className={classes.part} aria-label="Kept query">
      <h2 className={classes.title}>Kept query</h2>
      <code className={classes.code}>{query}</code>
      {error ? <InlineProblem error={error} /> : null}
      {data && data.n_add === 0 && data.n_remove === 0 ? (
        <p className={classes.dim}>Selects today exactly what version {data.version} holds.</p>
      ) : null}
      {data && (data.n_add > 0 || data.n_remove > 0) ? (
        <div className={classes.difference}>
          <span>
            The query would <strong>{differenceWords(data.n_add, data.n_remove)}</strong> against version{" "}
            {data.version}.
          </span>
          {data.n_add ? (
            <AppLink href={differencePath(place, segment, "add")}>See what it would add</AppLink>
          ) : null}
          {data.n_remove ? (
            <AppLink href={differencePath(place, segment, "remove")}>See what it would remove</AppLink>
          ) : null}
          <Button loading={change.isPending} onClick={follow}>
            Make this the next version
          </Button>
        </div>
      ) : null}
    </section>
  );
}

function columnsOf(place: Place, segment: SegmentBody): readonly Column<SegmentVersionBody>[] {
  return [
    {
      key: "number",
      head: "Version",
      cell: ({ number }) =>
        number === segment.version ? (
          <strong>{number}, current</strong>
        ) : (
          <AppLink
            href={segmentPath(place, segment.name, { tab: "elements", extra: { version: String(number) } })}
            title={`Look at version ${number}`}
          >
            {number}
          </AppLink>
        ),
    },
    {
      key: "when",
      head: "When",
      cell: ({ created_at }) => (
        <time dateTime={created_at} title={formatTime(created_at)}>
          {formatAgo(created_at)}
        </time>
      ),
    },
    {
      key: "who",
      head: "Who",
      cell: ({ author }) =>
        author ? <span className="user-text">{author}</span> : <span className={classes.dim}>–</span>,
    },
    { key: "n", head: "Elements", isNumber: true, cell: ({ n_elements }) => formatCount(n_elements) },
    {
      key: "change",
      head: "Change",
      isNumber: true,
      cell: ({ n_added, n_removed }) => (
        <span className={classes.change}>
          <span className={n_added ? classes.added : classes.dim}>+{formatCount(n_added)}</span>{" "}
          <span className={n_removed ? classes.removed : classes.dim}>−{formatCount(n_removed)}</span>
        </span>
      ),
    },
    { key: "why", head: "Why", width: "40%", cell: (version) => <Why version={version} /> },
    {
      key: "dataset",
      head: "Dataset version",
      isNumber: true,
      cell: ({ dataset_version }) => dataset_version || "–",
    },
  ];
}

function Why({ version }: { version: SegmentVersionBody }) {
  const { place, segment } = useSegmentEdits();
  return (
    <div className={classes.why}>
      {version.note ? (
        <div className="user-text" dir="auto">
          {version.note}
        </div>
      ) : null}
      {originParts(version.origin).map((part) => (
        <div key={`${part.text} ${part.query ?? ""}`} className={classes.origin}>
          {part.text}{" "}
          {part.query === undefined ? null : part.query === "" ? (
            "everything"
          ) : (
            <AppLink
              href={pagePath(place, "explore", {
                q: part.query,
                ...(segment.elements === "frames" ? {} : { elements: segment.elements }),
              })}
              className={classes.code}
            >
              {part.query}
            </AppLink>
          )}
        </div>
      ))}
    </div>
  );
}
