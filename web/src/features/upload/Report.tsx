/** What a dry run found: counts, classes, columns, problems; then the upload itself. */

import { Button } from "@mantine/core";
import { useEffect, useRef } from "react";
import type { DryRun } from "@/api/types";
import { countOf, formatCount } from "@/core/numbers";
import { type Column, DataTable } from "@/ui/DataTable";
import { Section } from "@/ui/Page";
import { type ColumnUse, type DryRunReport, dryRunReport, type UnderstoodFile } from "./dryRun";
import { ProblemTable } from "./ProblemTable";
import type { UploadKind } from "./plan";
import classes from "./UploadPage.module.css";

const MOST_CLASSES = 60;

interface ReportProps {
  readonly run: DryRun;
  readonly kind: UploadKind;
  readonly isStarting: boolean;
  readonly onStart: () => void;
}

/** The report. */
export function Report({ run, kind, isStarting, onStart }: ReportProps) {
  const report = dryRunReport(run);
  const total = run.total_problems ?? 0;
  const top = useRef<HTMLDivElement>(null);
  useEffect(() => {
    void top.current?.scrollIntoView({ block: "nearest" });
  }, []);
  return (
    <Section name="What the files hold">
      <div className={classes.report} ref={top}>
        <Counts run={run} report={report} kind={kind} />
        <div className={classes.verdict} role="status">
          {total === 0 ? (
            <span className={classes.good}>✓ Nothing is wrong with the files</span>
          ) : (
            <span className={classes.bad}>
              ✗ {countOf(total, "problem")}: mend the files, then choose them again. Nothing was stored.
            </span>
          )}
          {total === 0 ? (
            <Button loading={isStarting} onClick={onStart}>
              Upload
            </Button>
          ) : null}
        </div>
        {total > 0 ? <ProblemTable problems={report.problems} total={total} /> : null}
        <Classes report={report} />
        {run.notes?.length ? (
          <section aria-label="Notes">
            <h3 className={classes.subtitle}>Worth knowing</h3>
            <ul className={classes.notes}>
              {run.notes.map((note) => (
                <li key={note} className="user-text">
                  {note}
                </li>
              ))}
            </ul>
          </section>
        ) : null}
        {report.files.map((file) => (
          <FileColumns key={file.role} file={file} />
        ))}
        {report.frameFields.length ? <FrameFields report={report} /> : null}
      </div>
    </Section>
  );
}

function Counts({ run, report, kind }: { run: DryRun; report: DryRunReport; kind: UploadKind }) {
  const counts: readonly (readonly [string, string])[] =
    kind === "dataset"
      ? [
          ["Frames", formatCount(run.n_frames)],
          ["Labels", formatCount(run.n_labels)],
        ]
      : [
          ["Inferences", formatCount(run.n_inferences)],
          ...(report.listed
            ? [
                [
                  "Frames with inferences",
                  `${formatCount(report.listed.n)} of ${formatCount(report.listed.of)}`,
                ] as const,
              ]
            : []),
        ];
  return (
    <dl className={classes.counts}>
      {counts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Classes({ report }: { report: DryRunReport }) {
  const { classes: names, newClasses } = report;
  if (names.length === 0) return null;
  return (
    <section aria-label="Classes">
      <h3 className={classes.subtitle}>
        {countOf(names.length, "class", "classes")}
        {newClasses.length ? `, ${formatCount(newClasses.length)} new` : ""}
      </h3>
      <ul className={classes.chips}>
        {names.slice(0, MOST_CLASSES).map((name) => (
          <li
            key={name}
            className="one-line"
            data-new={newClasses.includes(name) || undefined}
            title={name.slice(0, 300)}
          >
            {name}
          </li>
        ))}
        {names.length > MOST_CLASSES ? <li>and {formatCount(names.length - MOST_CLASSES)} more</li> : null}
      </ul>
    </section>
  );
}

const COLUMNS: readonly Column<ColumnUse>[] = [
  { key: "column", head: "Column", cell: ({ column }) => <span className="user-text">{column}</span> },
  {
    key: "meaning",
    head: "Taken for",
    cell: ({ meaning }) => <code className={`${classes.code} user-text`}>{meaning}</code>,
  },
  { key: "type", head: "Type", cell: ({ type }) => type },
  { key: "missing", head: "Empty", isNumber: true, cell: ({ n_missing }) => formatCount(n_missing) },
  {
    key: "example",
    head: "Example",
    cell: ({ example }) => <div className={`${classes.cell} user-text`}>{example}</div>,
  },
];

function FileColumns({ file }: { file: UnderstoodFile }) {
  if (file.columns.length === 0) return null;
  return (
    <section aria-label={`Columns of ${file.file}`}>
      <h3 className={`${classes.subtitle} user-text`}>
        {file.file}: {file.layout}
        {file.boxFormat ? `, boxes as ${file.boxFormat}` : ""}
      </h3>
      <div className={classes.scroll}>
        <DataTable
          label={`Columns of ${file.file}`}
          columns={COLUMNS}
          rows={file.columns}
          rowKey={({ column }) => column}
        />
      </div>
    </section>
  );
}

function FrameFields({ report }: { report: DryRunReport }) {
  return (
    <section aria-label="Fields of frames">
      <h3 className={classes.subtitle}>Fields of frames</h3>
      <ul className={classes.chips}>
        {report.frameFields.map(({ name, type }) => (
          <li key={name} className="one-line" title={name.slice(0, 300)}>
            {name.replace(/^user__/, "")} <span className={classes.dim}>{type}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
