/** What a dry run understood, as typed values; what is not of the known form is left out. */

import type { DryRun, RowProblem } from "@/api/types";

/** One column of a table and what it was taken for. */
export interface ColumnUse {
  readonly column: string;
  readonly meaning: string;
  readonly type: string;
  readonly n_missing: number;
  readonly example: string;
}

/** One file and what it was taken for. */
export interface UnderstoodFile {
  readonly role: string;
  readonly file: string;
  readonly format: string;
  readonly layout: string;
  readonly boxFormat: string | null;
  readonly columns: readonly ColumnUse[];
  readonly problems: readonly string[];
}

/** A dry run, ready to be shown. */
export interface DryRunReport {
  readonly files: readonly UnderstoodFile[];
  readonly frameFields: readonly { readonly name: string; readonly type: string }[];
  readonly classes: readonly string[];
  readonly newClasses: readonly string[];
  /** Frames an inference file names, of how many in the dataset. */
  readonly listed: { readonly n: number; readonly of: number } | null;
  readonly problems: readonly RowProblem[];
}

const ROLES = ["frames", "labels", "metadata", "inferences"];

/** Read a dry run. */
export function dryRunReport(run: DryRun): DryRunReport {
  const { understood } = run;
  const n = understood.frames_listed;
  const of = understood.frames_in_dataset;
  return {
    files: ROLES.flatMap((role) => fileOf(role, understood[role])),
    frameFields: Object.entries(recordOf(understood.frame_columns)).map(([name, type]) => ({
      name,
      type: plainType(String(type)),
    })),
    classes: textsOf(understood.classes),
    newClasses: textsOf(understood.new_classes),
    listed: typeof n === "number" && typeof of === "number" ? { n, of } : null,
    problems: (run.problems ?? []).map(problemOf),
  };
}

/** A storage type in the words people read. */
export function plainType(type: string): string {
  if (/string|utf8|text/.test(type)) return "text";
  if (/bool/.test(type)) return "yes/no";
  if (/timestamp|date/.test(type)) return "date";
  if (/^u?int|integer/.test(type)) return "whole number";
  if (/float|double|number|decimal/.test(type)) return "number";
  return type;
}

function fileOf(role: string, value: unknown): UnderstoodFile[] {
  const found = recordOf(value);
  if (typeof found.file !== "string") return [];
  const columns = Array.isArray(found.columns) ? found.columns.map(recordOf) : [];
  return [
    {
      role,
      file: found.file,
      format: textOf(found.format),
      layout: textOf(found.layout),
      boxFormat: typeof found.box_format === "string" ? found.box_format : null,
      columns: columns.map((column) => ({
        column: textOf(column.column),
        meaning: textOf(column.meaning),
        type: plainType(textOf(column.type)),
        n_missing: typeof column.n_missing === "number" ? column.n_missing : 0,
        example: textOf(column.example),
      })),
      problems: textsOf(found.problems),
    },
  ];
}

function problemOf(value: unknown): RowProblem {
  const row = recordOf(value);
  return {
    file: textOf(row.file),
    place: textOf(row.place),
    field: textOf(row.field),
    expected: textOf(row.expected),
    found: textOf(row.found),
    hint: textOf(row.hint),
  };
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
