/** A plain table: columns that can be sorted, a sticky head, rows that can be marked. */

import type { ReactNode } from "react";
import classes from "./DataTable.module.css";

/** One column. */
export interface Column<Row> {
  readonly key: string;
  readonly head: ReactNode;
  readonly cell: (row: Row) => ReactNode;
  /** Numbers stand to the right. */
  readonly isNumber?: boolean;
  readonly width?: string;
  /** What it is sorted by; `null` goes last. Without it the column cannot be sorted. */
  readonly by?: (row: Row) => number | string | null;
}

/** Sorted by a column. */
export interface Sorting {
  readonly key: string;
  readonly descending: boolean;
}

/** A table. */
export interface DataTableProps<Row> {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  readonly sorting?: Sorting | undefined;
  readonly onSort?: (sorting: Sorting) => void;
  readonly isMarked?: (row: Row) => boolean;
}

/** Rows in the order of a sorting; rows without a value go last. */
export function sortedRows<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  sorting: Sorting | undefined,
): readonly Row[] {
  const by = columns.find((column) => column.key === sorting?.key)?.by;
  if (!sorting || !by) return rows;
  const sign = sorting.descending ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [left, right] = [by(a), by(b)];
    if (left === null || right === null) return left === right ? 0 : left === null ? 1 : -1;
    if (typeof left === "string" || typeof right === "string")
      return sign * String(left).localeCompare(String(right));
    return sign * (left - right);
  });
}

/** A table. */
export function DataTable<Row>({
  label,
  columns,
  rows,
  rowKey,
  sorting,
  onSort,
  isMarked,
}: DataTableProps<Row>) {
  return (
    <table className={classes.table} aria-label={label}>
      <thead>
        <tr>
          {columns.map((column) => (
            <Head key={column.key} column={column} sorting={sorting} onSort={onSort} />
          ))}
        </tr>
      </thead>
      <tbody>
        {sortedRows(rows, columns, sorting).map((row) => (
          <tr key={rowKey(row)} data-marked={isMarked?.(row) || undefined}>
            {columns.map((column) => (
              <td key={column.key} data-number={column.isNumber || undefined}>
                {column.cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface HeadProps<Row> {
  readonly column: Column<Row>;
  readonly sorting: Sorting | undefined;
  readonly onSort: ((sorting: Sorting) => void) | undefined;
}

function Head<Row>({ column, sorting, onSort }: HeadProps<Row>) {
  const isSorted = sorting?.key === column.key;
  const order = isSorted ? (sorting.descending ? "descending" : "ascending") : undefined;
  return (
    <th
      scope="col"
      data-number={column.isNumber || undefined}
      style={column.width ? { width: column.width } : undefined}
      aria-sort={order}
    >
      {column.by && onSort ? (
        <button
          type="button"
          className={classes.sort}
          onClick={() =>
            onSort({ key: column.key, descending: isSorted ? !sorting.descending : Boolean(column.isNumber) })
          }
        >
          {column.head}
          <span aria-hidden="true" className={classes.order}>
            {order === "descending" ? "↓" : order === "ascending" ? "↑" : ""}
          </span>
        </button>
      ) : (
        column.head
      )}
    </th>
  );
}
