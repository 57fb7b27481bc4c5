/** What was noted about a model. */

import classes from "./InferenceSetsPage.module.css";

/** Pairs of names and values. */
export function Details({ details }: { details: Readonly<Record<string, unknown>> }) {
  const entries = Object.entries(details);
  if (entries.length === 0) return <span className={classes.dim}>–</span>;
  return (
    <dl className={classes.details}>
      {entries.map(([name, value]) => (
        <div key={name}>
          <dt className="user-text">{name}</dt>
          <dd className="user-text">{textOf(value)}</dd>
        </div>
      ))}
    </dl>
  );
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
