/** A difference as a bar to the left for a loss, to the right for a gain. */

import classes from "./Compare.module.css";

/** The bar; `widest` is the greatest difference of the table. */
export function DeltaBar({ delta, widest }: { delta: number | null; widest: number }) {
  if (delta === null) return null;
  const share = Math.min(1, Math.abs(delta) / widest) * 50;
  return (
    <svg className={classes.delta} aria-hidden="true">
      <line x1="50%" x2="50%" y1="0" y2="100%" className={classes.zero} />
      <rect
        x={delta < 0 ? `${50 - share}%` : "50%"}
        width={`${share}%`}
        y="4"
        height="6"
        className={delta < 0 ? classes.loss : classes.gain}
      />
    </svg>
  );
}
