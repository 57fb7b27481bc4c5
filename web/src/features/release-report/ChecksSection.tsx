/** The checks of the gate: those that decide first, those that hold below. */

import type { GateReport, GateRow } from "@/api/numbers";
import { countOf } from "@/core/numbers";
import { pagePath } from "@/core/paths";
import { ALL_FRAMES } from "@/core/segments";
import { usePlace } from "@/state/place";
import { useView } from "@/state/view";
import { NumberLink } from "@/ui/NumberLink";
import { VerdictMark } from "@/ui/VerdictMark";
import classes from "./ReleaseReport.module.css";
import { caveats, checkName, deltaWithInterval, probabilities, scoreWithInterval } from "./wording";

/** What decides, and what is only reported. */
export function ChecksSection({ report }: { report: GateReport }) {
  const deciding = report.rows.filter((row) => row.effect === "rejects" || row.effect === "withholds");
  const others = report.rows.filter((row) => row.effect === "waived" || row.effect === "reported");
  return (
    <>
      <Checks name="Deciding checks" rows={deciding} report={report} />
      <Checks name="Reported, without deciding" rows={others} report={report} />
    </>
  );
}

/** The checks that hold; for an accepted candidate all that decide are among them. */
export function HoldingChecks({ report }: { report: GateReport }) {
  const holding = report.rows.filter((row) => row.effect === "holds");
  return <Checks name={`Holding: ${countOf(holding.length, "check")}`} rows={holding} report={report} />;
}

function Checks({ name, rows, report }: { name: string; rows: readonly GateRow[]; report: GateReport }) {
  if (rows.length === 0) return null;
  return (
    <section aria-label={name}>
      <h2>{name}</h2>
      <table className={`${classes.table} ${classes.fixed}`}>
        <colgroup>
          <col style={{ width: "16%" }} />
          <col style={{ width: "21%" }} />
          <col style={{ width: "16%" }} />
          <col style={{ width: "18%" }} />
          <col style={{ width: "13%" }} />
          <col style={{ width: "16%" }} />
        </colgroup>
        <thead>
          <tr>
            <th scope="col">Segment</th>
            <th scope="col">Check</th>
            <th scope="col" className={classes.number}>
              Score
            </th>
            <th scope="col" className={classes.number}>
              Δ
            </th>
            <th scope="col" className={classes.number}>
              p (corrected)
            </th>
            <th scope="col">Finding</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Check key={`${row.segment} ${row.kind} ${checkName(row)}`} row={row} report={report} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Check({ row, report }: { row: GateRow; report: GateReport }) {
  const place = usePlace();
  const { conf, iou } = useView();
  const segment = row.segment === ALL_FRAMES ? undefined : row.segment;
  const kind = row.metric === "precision" ? "false_positive" : "false_negative";
  const about = row.class_name
    ? { [row.metric === "precision" ? "predicted" : "truth"]: row.class_name }
    : {};
  const behind = new URLSearchParams({
    set: report.candidate,
    ...(segment ? { segment } : {}),
    ...about,
    kind,
  }).toString();
  const view = { baseline: report.baseline ?? undefined, conf, iou, segment };
  const opened = pagePath(place, "metrics", {
    ...view,
    tab: "metrics",
    extra: { set: report.candidate, behind },
  });
  const compared = pagePath(place, "metrics", { ...view, tab: "compare", extra: { set: report.candidate } });
  const note = caveats(row);
  return (
    <tr>
      <td title={row.segment}>
        <span className={classes.name}>{row.segment}</span>
      </td>
      <td title={checkName(row)}>
        <span className={classes.name}>{checkName(row)}</span>
      </td>
      <td className={classes.number}>
        <NumberLink href={opened} label={`errors behind ${checkName(row)} on ${row.segment}`}>
          {scoreWithInterval(row)}
        </NumberLink>
      </td>
      <td className={classes.number}>
        {row.delta === null ? (
          "–"
        ) : (
          <NumberLink href={compared} label={`both sets on ${row.segment}`}>
            {deltaWithInterval(row)}
          </NumberLink>
        )}
      </td>
      <td className={classes.number}>{probabilities(row)}</td>
      <td>
        <VerdictMark verdict={row.verdict} />
        <span className={`${classes.dim} user-text`}> {[row.tier, note].filter(Boolean).join("; ")}</span>
      </td>
    </tr>
  );
}
