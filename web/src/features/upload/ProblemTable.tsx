/** What is wrong with the files: where, what was expected, what was found. */

import type { RowProblem } from "@/api/types";
import { countOf, formatCount } from "@/core/numbers";
import { type Column, DataTable } from "@/ui/DataTable";
import classes from "./UploadPage.module.css";

type Row = RowProblem & { readonly key: number };

const COLUMNS: readonly Column<Row>[] = [
  { key: "file", head: "File", cell: ({ file }) => <Words text={file} /> },
  { key: "place", head: "Place", cell: ({ place }) => <Words text={place} /> },
  { key: "field", head: "Field", cell: ({ field }) => <Words text={field} /> },
  {
    key: "expected",
    head: "Expected",
    cell: ({ expected, hint }) => (
      <>
        <Words text={expected} />
        {hint ? <div className={classes.hint}>{hint}</div> : null}
      </>
    ),
  },
  { key: "found", head: "Found", cell: ({ found }) => <Words text={found} /> },
];

interface ProblemTableProps {
  readonly problems: readonly RowProblem[];
  readonly total: number;
}

/** The first fifty; all are counted. */
export function ProblemTable({ problems, total }: ProblemTableProps) {
  const shown = problems.map((problem, place) => ({ ...problem, key: place }));
  return (
    <section aria-label="Problems">
      <h3 className={classes.subtitle}>
        {total > problems.length
          ? `The first ${formatCount(problems.length)} of ${countOf(total, "problem")}`
          : countOf(total, "problem")}
      </h3>
      <div className={classes.scroll}>
        <DataTable label="Problems" columns={COLUMNS} rows={shown} rowKey={(row) => String(row.key)} />
      </div>
    </section>
  );
}

function Words({ text }: { text: string }) {
  return <div className={`${classes.cell} user-text`}>{text}</div>;
}
