/** Long work: under way with progress, done, failed with every problem. */

import { Button, Progress, Select } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { isFinal, useCancelJob, useJobs, useRetryJob } from "@/api/jobs";
import { problemOf } from "@/api/problem";
import type { JobBody } from "@/api/types";
import { formatAgo, formatDuration, formatTime } from "@/core/dates";
import { countOf, formatCount, formatPercent } from "@/core/numbers";
import { useExtra } from "@/state/view";
import { type Column, DataTable } from "@/ui/DataTable";
import { Page as PageFrame } from "@/ui/Page";
import { EmptyState, ErrorState, LoadingState } from "@/ui/States";
import { useToasts } from "@/ui/Toasts";
import classes from "./JobsPage.module.css";
import { attemptWords, headOf, jobNotes, jobResult, jobSeconds, jobTitle } from "./words";

const STATES: Readonly<
  Record<JobBody["state"], { readonly shape: string; readonly word: string; readonly tone: string }>
> = {
  queued: { shape: "…", word: "waiting", tone: "quiet" },
  running: { shape: "▸", word: "running", tone: "unsure" },
  succeeded: { shape: "✓", word: "done", tone: "good" },
  failed: { shape: "✗", word: "failed", tone: "bad" },
  cancelled: { shape: "–", word: "cancelled", tone: "quiet" },
};
const STATE_OPTIONS = Object.entries(STATES).map(([value, { word }]) => ({ value, label: word }));
const SHOWN = 100;
/** So many problems are shown without being asked for. */
const FEW = 5;

/** The jobs page. */
export function Page() {
  const jobs = useJobs();
  const [state, setState] = useExtra("state");
  const [n_shown, setShown] = useState(SHOWN);
  const wanted = jobs.data?.filter((job) => !state || job.state === state) ?? [];
  return (
    <PageFrame
      title="Jobs"
      actions={
        <Select
          className={classes.choice}
          aria-label="State"
          placeholder="Every state"
          data={STATE_OPTIONS}
          value={state ?? null}
          clearable
          clearButtonProps={{ "aria-label": "Every state" }}
          onChange={(next) => setState(next ?? undefined, { replace: true })}
        />
      }
    >
      {jobs.isPending ? <LoadingState label="Loading jobs" /> : null}
      {jobs.error ? <ErrorState error={jobs.error} onRetry={() => void jobs.refetch()} /> : null}
      {jobs.data && wanted.length === 0 ? (
        <EmptyState title={state ? "No such job" : "No job yet"}>
          Uploads are read and segments are scored by jobs; they are listed here while they run and
          afterwards.
        </EmptyState>
      ) : null}
      {wanted.length ? (
        <div className={classes.scroll}>
          <DataTable label="Jobs" columns={COLUMNS} rows={wanted.slice(0, n_shown)} rowKey={({ id }) => id} />
          {wanted.length > n_shown ? (
            <Button variant="subtle" onClick={() => setShown(n_shown + SHOWN)}>
              Show more of {formatCount(wanted.length)}
            </Button>
          ) : null}
        </div>
      ) : null}
      <Announcement jobs={jobs.data ?? []} />
    </PageFrame>
  );
}

const COLUMNS: readonly Column<JobBody>[] = [
  {
    key: "state",
    head: "State",
    width: "120px",
    cell: ({ state }) => {
      const look = STATES[state];
      return (
        <span className={classes.state} data-tone={look.tone}>
          <span aria-hidden="true">{look.shape}</span> {look.word}
        </span>
      );
    },
  },
  {
    key: "kind",
    head: "Job",
    width: "210px",
    cell: (job) => <strong className={classes.title}>{jobTitle(job.kind)}</strong>,
  },
  { key: "project", head: "Project", width: "120px", cell: ({ project }) => project ?? "–" },
  { key: "what", head: "What", cell: (job) => <What job={job} /> },
  {
    key: "time",
    head: "Took",
    isNumber: true,
    width: "90px",
    cell: (job) => {
      const seconds = jobSeconds(job);
      return seconds === null ? "–" : formatDuration(seconds);
    },
  },
  {
    key: "when",
    head: "Asked for",
    width: "120px",
    cell: ({ created_at }) => (
      <time dateTime={created_at} title={formatTime(created_at)}>
        {formatAgo(created_at)}
      </time>
    ),
  },
  {
    key: "actions",
    head: <span className="visually-hidden">Actions</span>,
    width: "100px",
    cell: (job) => <Actions job={job} />,
  },
];

function What({ job }: { job: JobBody }) {
  const again = attemptWords(job.attempts);
  if (!isFinal(job)) {
    return (
      <div className={classes.progress}>
        <div className={classes.line}>
          <span>{job.step || "waiting for its turn"}</span>
          <span className={classes.dim}>{formatPercent(Math.round(job.progress * 100) / 100)}</span>
        </div>
        <Progress
          value={job.progress * 100}
          size="sm"
          aria-label={`Progress of ${jobTitle(job.kind)}`}
          transitionDuration={100}
        />
      </div>
    );
  }
  const notes = jobNotes(job);
  return (
    <div className={classes.what}>
      <span className="user-text">{jobResult(job)}</span>
      {again ? <span className={classes.dim}> {again}</span> : null}
      {notes.length ? (
        <details>
          <summary>{countOf(notes.length, "note")}</summary>
          <ul className={classes.notes}>
            {notes.map((note) => (
              <li key={note} className="user-text">
                {note}
              </li>
            ))}
          </ul>
        </details>
      ) : null}
      {job.error ? <JobError error={job.error} /> : null}
    </div>
  );
}

function JobError({ error }: { error: NonNullable<JobBody["error"]> }) {
  const problem = problemOf(error);
  return (
    <div>
      <div className={`${classes.error} user-text`}>{headOf(problem)}</div>
      {problem.hint ? <div className={`${classes.dim} user-text`}>{problem.hint}</div> : null}
      {problem.problems.length ? (
        <details open={problem.problems.length <= FEW}>
          <summary>
            {problem.total > problem.problems.length
              ? `The first ${problem.problems.length} of ${countOf(problem.total, "problem")}`
              : countOf(problem.problems.length, "problem")}
          </summary>
          <ul className={classes.notes}>
            {problem.problems.map((row) => (
              <li key={`${row.file} ${row.place} ${row.field} ${row.found}`} className="user-text">
                {row.file}, {row.place}, {row.field}: expected {row.expected}, found {row.found}
                {row.hint ? <span className={classes.dim}> {row.hint}</span> : null}
              </li>
            ))}
          </ul>
        </details>
      ) : null}
    </div>
  );
}

function Actions({ job }: { job: JobBody }) {
  const cancel = useCancelJob();
  const retry = useRetryJob();
  const { fail } = useToasts();
  if (!isFinal(job)) {
    return (
      <Button
        variant="default"
        loading={cancel.isPending}
        aria-label={`Cancel ${jobTitle(job.kind)}`}
        onClick={() => cancel.mutate(job.id, { onError: fail })}
      >
        Cancel
      </Button>
    );
  }
  if (job.state === "succeeded") return null;
  return (
    <Button
      variant="default"
      loading={retry.isPending}
      aria-label={`Retry ${jobTitle(job.kind)}`}
      onClick={() => retry.mutate(job.id, { onError: fail })}
    >
      Retry
    </Button>
  );
}

/** Tells screen readers of jobs that came to their end while the page is open. */
function Announcement({ jobs }: { jobs: readonly JobBody[] }) {
  const running = useRef(new Set<string>());
  const [text, setText] = useState("");
  useEffect(() => {
    const ended = jobs.filter((job) => isFinal(job) && running.current.has(job.id));
    running.current = new Set(jobs.filter((job) => !isFinal(job)).map(({ id }) => id));
    if (ended.length)
      setText(ended.map((job) => `${jobTitle(job.kind)}: ${STATES[job.state].word}`).join(". "));
  }, [jobs]);
  return (
    <div className="visually-hidden" role="status">
      {text}
    </div>
  );
}
