import { expect, test } from "vitest";
import { type Column, sortedRows } from "./DataTable";

interface Row {
  readonly name: string;
  readonly f1: number | null;
}

const COLUMNS: readonly Column<Row>[] = [
  { key: "name", head: "Name", cell: ({ name }) => name, by: ({ name }) => name },
  { key: "f1", head: "F1", cell: ({ f1 }) => f1, by: ({ f1 }) => f1 },
];
const ROWS: readonly Row[] = [
  { name: "b", f1: 0.5 },
  { name: "a", f1: null },
  { name: "c", f1: 0.9 },
];
const names = (key: string, descending: boolean) =>
  sortedRows(ROWS, COLUMNS, { key, descending })
    .map(({ name }) => name)
    .join("");

test("rows are sorted by text and by number", () => {
  expect(names("name", false)).toBe("abc");
  expect(names("name", true)).toBe("cba");
});

test("what has no value goes last, both ways", () => {
  expect(names("f1", false)).toBe("bca");
  expect(names("f1", true)).toBe("cba");
});

test("without a sorting the order stays", () => {
  expect(sortedRows(ROWS, COLUMNS, undefined)).toBe(ROWS);
});
