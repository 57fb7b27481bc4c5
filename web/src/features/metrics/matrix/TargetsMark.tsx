/** A segment's targets in one mark: pass, or which are missed. */

import { formatScore } from "@/core/numbers";
import { VerdictMark } from "@/ui/VerdictMark";
import type { TargetScore } from "./grid";
import classes from "./Matrix.module.css";

/** The mark; nothing for segments without targets. */
export function TargetsMark({ targets }: { targets: readonly TargetScore[] }) {
  const judged = targets.filter((target) => target.score?.target_verdict);
  const worst = judged[0]?.score?.target_verdict;
  if (!worst) return targets.length ? <span className={classes.quiet}>…</span> : null;
  const alike = judged.filter((target) => target.score?.target_verdict === worst);
  const first = judged[0];
  return (
    <span className={classes.targets} title={judged.map(targetSentence).join("\n")}>
      <VerdictMark verdict={worst} reason={judged.map(targetSentence).join("\n")} />
      {worst === "pass" ? null : (
        <span className={`${classes.facts} one-line`}>
          {alike.length > 1 || !first
            ? `${alike.length} of ${targets.length} targets`
            : `${first.name} ${formatScore(first.score?.value)}`}
        </span>
      )}
    </span>
  );
}

/** `recall pedestrian 0.468, target 0.58: fail`. */
export function targetSentence({ name, target, score }: TargetScore): string {
  const verdict = score?.target_verdict?.replace("_", " ") ?? "not known yet";
  return `${name} ${formatScore(score?.value)}, target ${target.minimum}: ${verdict}`;
}
