/** What was taken for what: a matrix up to 25 classes, a list that can be searched beyond. */

import { SegmentedControl, TextInput } from "@mantine/core";
import { useMemo, useState } from "react";
import type { ReportBody } from "@/api/types";
import { formatCount, formatPercent } from "@/core/numbers";
import { useExtra } from "@/state/view";
import { type Column, DataTable } from "@/ui/DataTable";
import { Section } from "@/ui/Page";
import { useDrill } from "../useLooking";
import { ConfusionMatrix } from "./ConfusionMatrix";
import { type Confusion, type ConfusionNumbers, confusionName, errorList, MATRIX_LIMIT } from "./confusions";
import classes from "./Report.module.css";

interface ConfusionSectionProps {
  readonly set: string;
  readonly segment: string | undefined;
  readonly report: ReportBody;
}

/** The section. */
export function ConfusionSection({ set, segment, report }: ConfusionSectionProps) {
  const [, openDrill] = useDrill();
  const [asked, setAsked] = useExtra("confusion");
  const numbers: ConfusionNumbers = asked === "rows" ? "rows" : "counts";
  const isList = report.confusion_classes.length - 1 > MATRIX_LIMIT;
  const open = (truth: string, predicted: string) => openDrill({ set, segment, truth, predicted });
  return (
    <Section
      name="Confusion matrix"
      actions={
        isList ? null : (
          <SegmentedControl
            aria-label="Numbers of the confusion matrix"
            value={numbers}
            onChange={(value) => setAsked(value === "counts" ? undefined : value)}
            data={[
              { value: "counts", label: "Counts" },
              { value: "rows", label: "Share of row" },
            ]}
          />
        )
      }
    >
      {isList ? (
        <ConfusionList report={report} onOpen={open} />
      ) : (
        <div className={classes.confusions}>
          <ConfusionMatrix report={report} numbers={numbers} onOpen={open} />
          <GreatestErrors report={report} onOpen={open} />
        </div>
      )}
    </Section>
  );
}

/** Errors told beside the matrix. */
const GREATEST = 8;

function GreatestErrors({ report, onOpen }: ConfusionListProps) {
  const errors = errorList(report).slice(0, GREATEST);
  if (errors.length === 0) return null;
  return (
    <div className={classes.greatest}>
      <h3>Most frequent errors</h3>
      <ol>
        {errors.map(({ truth, predicted, count }) => (
          <li key={`${truth}\n${predicted}`}>
            <button type="button" onClick={() => onOpen(truth, predicted)}>
              <span className="user-text">{confusionName(truth, predicted)}</span>{" "}
              <span>{formatCount(count)}</span>
            </button>
          </li>
        ))}
      </ol>
    </div>
  );
}

/** How many rows of the list are drawn; the filter finds the others. */
const SHOWN = 200;

interface ConfusionListProps {
  readonly report: ReportBody;
  readonly onOpen: (truth: string, predicted: string) => void;
}

function ConfusionList({ report, onOpen }: ConfusionListProps) {
  const [filter, setFilter] = useState("");
  const errors = useMemo(() => errorList(report), [report]);
  const wanted = filter.trim().toLowerCase();
  const found = wanted
    ? errors.filter(({ truth, predicted }) => confusionName(truth, predicted).toLowerCase().includes(wanted))
    : errors;
  const columns: readonly Column<Confusion>[] = [
    {
      key: "name",
      head: "Error",
      cell: ({ truth, predicted }) => <span className="user-text">{confusionName(truth, predicted)}</span>,
    },
    {
      key: "count",
      head: "Count",
      isNumber: true,
      cell: ({ truth, predicted, count }) => (
        <button type="button" className={classes.number} onClick={() => onOpen(truth, predicted)}>
          {formatCount(count)}
          <span className="visually-hidden">, {confusionName(truth, predicted)}</span>
        </button>
      ),
    },
    {
      key: "share",
      head: "Of true class",
      isNumber: true,
      cell: ({ shareOfTruth }) => formatPercent(shareOfTruth),
    },
  ];
  return (
    <>
      <TextInput
        aria-label="Filter errors by class"
        placeholder="Filter by class"
        value={filter}
        onChange={(event) => setFilter(event.currentTarget.value)}
        w={260}
      />
      <DataTable
        label="Errors, most frequent first"
        columns={columns}
        rows={found.slice(0, SHOWN)}
        rowKey={({ truth, predicted }) => `${truth}\n${predicted}`}
      />
      {found.length > SHOWN ? (
        <p className={classes.context}>
          The {SHOWN} most frequent of {formatCount(found.length)}; filter to see others.
        </p>
      ) : null}
    </>
  );
}
