/** Long work under way: its step, how far it is, a way to stop it; why it failed. */

import { Button, Progress } from "@mantine/core";
import { isFinal, useCancelJob, useJob, useRetryJob } from "@/api/jobs";
import { formatPercent } from "@/core/numbers";
import classes from "./JobProgress.module.css";
import { ErrorState } from "./States";
import { useToasts } from "./Toasts";

/** The job, and what it does in words: `Computing embeddings`. */
export interface JobProgressProps {
  readonly job: string;
  readonly label: string;
}

/** The progress; nothing once the job is done. */
export function JobProgress({ job: id, label }: JobProgressProps) {
  const { data: job, error } = useJob(id);
  const cancel = useCancelJob();
  const retry = useRetryJob();
  const { fail } = useToasts();
  if (error) return <ErrorState error={error} />;
  if (job?.state === "succeeded") return null;
  const again = (
    <Button variant="default" loading={retry.isPending} onClick={() => retry.mutate(id, { onError: fail })}>
      Try again
    </Button>
  );
  if (job?.state === "failed") return <ErrorState error={job.error} action={again} />;
  if (job?.state === "cancelled")
    return (
      <div className={classes.line}>
        <span role="status">{label}: cancelled.</span>
        {again}
      </div>
    );
  const share = job?.progress ?? 0;
  return (
    <div className={classes.progress} aria-busy="true">
      <div className={classes.line}>
        <span role="status" className="one-line">
          {label}
          {job?.step ? `: ${job.step}` : "…"}
        </span>
        <span className={classes.share}>{formatPercent(Math.round(share * 100) / 100)}</span>
        <Button
          variant="default"
          loading={cancel.isPending}
          disabled={job !== undefined && isFinal(job)}
          onClick={() => cancel.mutate(id, { onError: fail })}
        >
          Cancel
        </Button>
      </div>
      <Progress value={share * 100} aria-label={label} transitionDuration={100} />
    </div>
  );
}
