/** The first thing to read: ship or not, and what decides it. */

import type { GateReport } from "@/api/numbers";
import { VERDICTS } from "@/core/verdicts";
import { usePlace } from "@/state/place";
import classes from "./ReleaseReport.module.css";
import { gateVerdict } from "./wording";

/** The head of the report. */
export function Verdict({ report }: { report: GateReport }) {
  const place = usePlace();
  const look = VERDICTS[gateVerdict(report)];
  return (
    <header className={classes.head}>
      <p className={classes.over}>
        Release report · {place.project} › {place.dataset} · {report.decided_on}
      </p>
      <h1 className="user-text">
        {report.candidate}
        {report.baseline ? <span className={classes.dim}> against {report.baseline}</span> : null}
      </h1>
      <p className={classes.verdict} data-tone={look.tone}>
        <span aria-hidden="true">{look.shape}</span>{" "}
        <span className="user-text">{report.reason.replaceAll(/(\d) %/g, "$1\u00a0%")}</span>
      </p>
    </header>
  );
}
