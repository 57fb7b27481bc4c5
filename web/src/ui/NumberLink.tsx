/** A number that opens what is behind it. */

import type { ReactNode } from "react";
import { AppLink } from "./AppLink";
import classes from "./NumberLink.module.css";

/** The number as text, where it leads, and what that is (`frames behind recall of Night`). */
export interface NumberLinkProps {
  readonly href: string;
  readonly children: ReactNode;
  readonly label: string;
}

/** A number as a quiet link. */
export function NumberLink({ href, children, label }: NumberLinkProps) {
  return (
    <AppLink href={href} className={classes.link} title={label}>
      {children}
      <span className="visually-hidden"> ({label})</span>
    </AppLink>
  );
}
