/** What a view shows when it has nothing to show: still loading, empty, failed. */

import { Button, Loader } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { type ReactNode, useEffect, useState } from "react";
import { problemOf } from "@/api/problem";
import { Command } from "./Command";
import { IconAlert } from "./icons";
import classes from "./States.module.css";

/** Loading, told after a moment: what comes at once does not flicker. */
export function LoadingState({ label = "Loading" }: { label?: string }) {
  const [isDue, setIsDue] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setIsDue(true), 200);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className={classes.state} role="status">
      {isDue ? (
        <>
          <Loader size="sm" />
          <span>{label}…</span>
        </>
      ) : null}
    </div>
  );
}

/** Nothing there yet, or nothing found: what that means, and what to do next. */
export interface EmptyStateProps {
  readonly title: string;
  readonly children?: ReactNode;
  /** Commands that would change it, to copy. */
  readonly commands?: readonly string[];
  readonly action?: ReactNode;
}

/** Nothing there. */
export function EmptyState({ title, children, commands = [], action }: EmptyStateProps) {
  return (
    <div className={classes.state}>
      <h2 className={classes.title}>{title}</h2>
      {children ? <div className={classes.text}>{children}</div> : null}
      {action}
      {commands.map((command) => (
        <Command key={command} text={command} />
      ))}
    </div>
  );
}

/** What happened, and the way out. */
export interface ErrorStateProps {
  readonly error: unknown;
  readonly onRetry?: (() => void) | undefined;
  readonly action?: ReactNode;
}

/** Something failed. */
export function ErrorState({ error, onRetry, action }: ErrorStateProps) {
  const problem = problemOf(error);
  return (
    <div className={classes.state} role="alert">
      <h2 className={classes.title} data-tone="bad">
        <IconAlert size={16} /> {problem.title}
      </h2>
      <p className={classes.text}>{problem.detail}</p>
      {problem.hint ? <p className={classes.hint}>{problem.hint}</p> : null}
      {problem.problems.length ? (
        <ul className={classes.rows}>
          {problem.problems.slice(0, 8).map((row) => (
            <li key={`${row.file}:${row.place}:${row.field}`} className="user-text">
              {row.file} {row.place} {row.field}: expected {row.expected}, found {row.found}
            </li>
          ))}
        </ul>
      ) : null}
      <div className={classes.actions}>
        {onRetry ? (
          <Button variant="default" onClick={onRetry}>
            Try again
          </Button>
        ) : null}
        {action}
      </div>
    </div>
  );
}

/** A short word on what failed, beside the thing that failed. */
export function InlineProblem({ error }: { error: unknown }) {
  const problem = problemOf(error);
  return (
    <span className={classes.inline} role="alert">
      ✗ {problem.detail} {problem.hint}
    </span>
  );
}

/** Whether something has lasted long enough to be told; for slim "still loading" marks. */
export function useIsSlow(isBusy: boolean, delay_ms = 200): boolean {
  const [isSlow] = useDebouncedValue(isBusy, delay_ms);
  return isBusy && isSlow;
}
