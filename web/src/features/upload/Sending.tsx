/** An upload under way: bytes sent, then the job; or why it failed. */

import { Button, Progress } from "@mantine/core";
import { isFinal } from "@/api/jobs";
import { problemOf } from "@/api/problem";
import { countOf, formatBytes, formatPercent } from "@/core/numbers";
import { ErrorState } from "@/ui/States";
import { ProblemTable } from "./ProblemTable";
import classes from "./UploadPage.module.css";
import type { Upload } from "./useUpload";

/** How far the upload is; nothing while files are chosen or checked. */
export function Sending({ upload }: { upload: Upload }) {
  const { phase, job, cancel } = upload;
  if (phase.kind === "sending") {
    const { progress } = phase;
    const share = progress?.total_bytes ? progress.n_bytes / progress.total_bytes : 0;
    const words = progress
      ? `Sending ${progress.name.slice(0, 80)}: ${formatBytes(progress.n_bytes)} of ${formatBytes(progress.total_bytes)}${
          progress.total_files > 1 ? `, ${countOf(progress.total_files, "file")}` : ""
        }`
      : "Sending";
    return <Bar label={words} share={share} onCancel={cancel} />;
  }
  if (phase.kind === "failed") return <Failure error={phase.error} />;
  if (phase.kind !== "reading") return null;
  if (!job || !isFinal(job)) {
    return (
      <Bar
        label={job?.step ? `Reading: ${job.step}` : "Waiting to be read"}
        share={job?.progress ?? 0}
        onCancel={cancel}
      />
    );
  }
  if (job.state === "cancelled") return <p role="status">Cancelled; nothing was stored.</p>;
  if (job.state === "failed") return <Failure error={job.error} />;
  return null;
}

function Failure({ error }: { error: unknown }) {
  const problem = problemOf(error);
  return (
    <div className={classes.report}>
      <ErrorState error={problem.problems.length ? { ...bodyOf(problem), problems: [] } : problem} />
      {problem.problems.length ? <ProblemTable problems={problem.problems} total={problem.total} /> : null}
    </div>
  );
}

function bodyOf({ title, detail, hint, code, status }: ReturnType<typeof problemOf>) {
  return { type: "", title, detail: detail.split("\n", 1)[0] ?? "", hint, code, status };
}

interface BarProps {
  readonly label: string;
  readonly share: number;
  readonly onCancel: () => void;
}

function Bar({ label, share, onCancel }: BarProps) {
  return (
    <div className={classes.progress}>
      <div className={classes.progressLine}>
        <span role="status" className="one-line">
          {label}
        </span>
        <span className={classes.dim}>{formatPercent(Math.round(share * 1000) / 1000)}</span>
        <Button variant="default" onClick={onCancel}>
          Cancel
        </Button>
      </div>
      <Progress value={share * 100} aria-label={label} transitionDuration={100} />
    </div>
  );
}
