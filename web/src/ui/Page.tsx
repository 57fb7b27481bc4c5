/** The frame of a page's content: a heading, what can be done, then the rest. */

import { type ReactNode, useEffect } from "react";
import classes from "./Page.module.css";

/** A page: its name (also the document's title), actions beside it, content. */
export interface PageProps {
  readonly title: string;
  readonly heading?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
  /** Fills the window and scrolls inside, as the grid does. */
  readonly isFull?: boolean;
}

/** A page with a visible heading. */
export function Page({ title, heading, actions, children, isFull = false }: PageProps) {
  useTitle(title);
  return (
    <div className={isFull ? classes.full : classes.page}>
      <header className={classes.header}>
        <h1 className={`${classes.title} user-text`}>{heading ?? title}</h1>
        <div className={classes.actions}>{actions}</div>
      </header>
      {children}
    </div>
  );
}

/** Set the document's title. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Shoal`;
  }, [title]);
}

/** A part of a page that assistive technology can find by its name. */
export function Section({
  name,
  actions,
  children,
}: {
  name: string;
  actions?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section aria-label={name} className={classes.section}>
      <header className={classes.header}>
        <h2 className={classes.subtitle}>{name}</h2>
        <div className={classes.actions}>{actions}</div>
      </header>
      {children}
    </section>
  );
}
