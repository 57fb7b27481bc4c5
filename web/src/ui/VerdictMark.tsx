/** A verdict: shape, word and colour. */

import { VERDICTS, type VerdictName } from "@/core/verdicts";
import classes from "./VerdictMark.module.css";

/** The verdict; `shapeOnly` leaves the word to screen readers, `reason` goes to the tooltip. */
export interface VerdictMarkProps {
  readonly verdict: VerdictName;
  readonly shapeOnly?: boolean;
  readonly reason?: string | undefined;
  readonly filled?: boolean;
}

/** The mark of a verdict. */
export function VerdictMark({ verdict, shapeOnly = false, reason, filled = false }: VerdictMarkProps) {
  const look = VERDICTS[verdict];
  return (
    <span
      className={classes.mark}
      data-tone={look.tone}
      data-filled={filled || undefined}
      title={reason || look.meaning}
    >
      <span aria-hidden="true">{look.shape}</span>
      <span className={shapeOnly ? "visually-hidden" : undefined}>{look.word}</span>
    </span>
  );
}
