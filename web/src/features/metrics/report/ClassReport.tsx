/** Scores class by class; every number opens the outcomes behind it. */

import { useState } from "react";
import type { ReportBody, ReportRow, ScoreIntervals } from "@/api/types";
import { isAverage } from "@/core/classChanges";
import { BACKGROUND } from "@/core/colours";
import { formatCount, formatInterval, formatScore } from "@/core/numbers";
import { useSetView, useView } from "@/state/view";
import { type Column, DataTable, type Sorting } from "@/ui/DataTable";
import { Section } from "@/ui/Page";

import type { Drill } from "../outcomes/drill";
import { useDrill } from "../useLooking";
import classes from "./Report.module.css";

interface ClassReportProps {
  readonly set: string;
  readonly segment: string | undefined;
  readonly report: ReportBody;
  /** In the order of the rows; null until they are known. */
  readonly intervals: ReportBody["intervals"] | undefined;
}

/** Averages go last however the classes are sorted. */
const AVERAGE_NAMES: Readonly<Record<string, string>> = {
  weighted: "Weighted average",
  macro: "Macro average",
  micro: "Micro average",
};

type Score = "precision" | "recall" | "f1" | "ap";

/** The table. */
export function ClassReport({ set, segment, report, intervals }: ClassReportProps) {
  const [sorting, setSorting] = useState<Sorting | undefined>();
  const [, openDrill] = useDrill();
  const { class: chosen } = useView();
  const setView = useSetView();
  const open = (about: Partial<Drill>) => () => openDrill({ set, segment, ...about });
  const score = (key: Score, head: string, about: (name: string) => Partial<Drill>): Column<ReportRow> => ({
    key,
    head,
    isNumber: true,
    by: (row) => (isAverage(row) ? null : row[key]),
    cell: (row) => (
      <ScoreBar
        value={row[key]}
        interval={key === "ap" ? undefined : intervalOf(intervals?.[report.rows.indexOf(row)], key)}
        label={`${head} of ${row.class_name}`}
        onOpen={open(isAverage(row) ? {} : about(row.class_name))}
      />
    ),
  });
  const count = (
    key: "support" | "tp" | "fp" | "fn",
    head: string,
    about: (name: string) => Partial<Drill>,
  ): Column<ReportRow> => ({
    key,
    head,
    isNumber: true,
    by: (row) => (isAverage(row) ? null : row[key]),
    cell: (row) => (
      <Opened
        label={`${head} of ${row.class_name}`}
        onOpen={open(isAverage(row) ? {} : about(row.class_name))}
      >
        {formatCount(row[key])}
      </Opened>
    ),
  });
  const columns: readonly Column<ReportRow>[] = [
    {
      key: "class",
      head: "Class",
      by: (row) => (isAverage(row) ? null : row.class_name),
      cell: (row) =>
        isAverage(row) ? (
          <span className={classes.average}>{AVERAGE_NAMES[row.class_name]}</span>
        ) : (
          <button
            type="button"
            className={`${classes.className} one-line`}
            title={`Show the curves of ${row.class_name}`}
            aria-pressed={chosen === row.class_name}
            onClick={() => setView({ class: chosen === row.class_name ? undefined : row.class_name })}
          >
            {row.class_name}
          </button>
        ),
    },
    score("precision", "Precision", (name) => ({ predicted: name })),
    score("recall", "Recall", (name) => ({ truth: name })),
    score("f1", "F1", (name) => ({ truth: name })),
    ...(report.rows.some((row) => row.ap !== null)
      ? [score("ap", "AP", (name) => ({ predicted: name }))]
      : []),
    count("support", "Support", (name) => ({ truth: name })),
    count("tp", "TP", (name) => ({ truth: name, predicted: name })),
    count("fp", "FP", (name) => ({ predicted: name, kind: mostly(report, name, "fp") })),
    count("fn", "FN", (name) => ({ truth: name, kind: mostly(report, name, "fn") })),
  ];
  return (
    <Section name="Class report">
      <div className={classes.wide}>
        <DataTable
          label={`Class report of ${set}`}
          columns={columns}
          rows={report.rows}
          rowKey={(row) => row.class_name}
          sorting={sorting}
          onSort={setSorting}
          isMarked={(row) => row.class_name === chosen}
        />
      </div>
    </Section>
  );
}

/** Where most errors of a class lie: among background or among other classes. */
function mostly(report: ReportBody, name: string, side: "fp" | "fn"): string {
  const index = report.confusion_classes.indexOf(name);
  const background = report.confusion_classes.indexOf(BACKGROUND);
  const alone = side === "fp" ? report.confusion[background]?.[index] : report.confusion[index]?.[background];
  const kind = side === "fp" ? "false_positive" : "false_negative";
  return (alone ?? 0) > 0 ? kind : "confusion";
}

type Interval = readonly [number | null, number | null];

function intervalOf(found: ScoreIntervals | undefined, key: Exclude<Score, "ap">): Interval | undefined {
  return found && [found[`${key}_low`], found[`${key}_high`]];
}

interface ScoreBarProps {
  readonly value: number | null;
  /** 95 %; undefined until it is known. */
  readonly interval: Interval | undefined;
  readonly label: string;
  readonly onOpen: () => void;
}

function ScoreBar({ value, interval, label, onOpen }: ScoreBarProps) {
  const [low, high] = interval ?? [null, null];
  const isSure = low !== null && high !== null;
  return (
    <Opened label={label} onOpen={onOpen} more={isSure ? `95% interval ${formatInterval(low, high)}` : ""}>
      {value === null ? null : (
        <span className={classes.bar} aria-hidden="true">
          <span className={classes.fill} style={{ width: `${value * 100}%` }} />
          {isSure ? (
            <span
              className={classes.interval}
              style={{ left: `${low * 100}%`, width: `${Math.max(high - low, 0.02) * 100}%` }}
            />
          ) : null}
        </span>
      )}
      <span className={classes.digits}>{formatScore(value)}</span>
    </Opened>
  );
}

interface OpenedProps {
  readonly label: string;
  readonly onOpen: () => void;
  /** Said when the pointer rests on it, and to screen readers. */
  readonly more?: string;
  readonly children: React.ReactNode;
}

function Opened({ label, onOpen, more = "", children }: OpenedProps) {
  const title = [more, `Outcomes behind ${label}`].filter(Boolean).join("\n");
  return (
    <button type="button" className={classes.number} title={title} onClick={onOpen}>
      {children}
      <span className="visually-hidden">
        , {label}
        {more ? `, ${more}` : null}
      </span>
    </button>
  );
}
