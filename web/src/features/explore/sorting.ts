/** What elements can be sorted by. */

import type { DatasetBody } from "@/api/types";
import type { ElementKind } from "@/core/selection";

/** One order; `sort` as the interface takes it without its sign. */
export interface SortOption {
  readonly value: string;
  readonly label: string;
  /** The direction people want first: the worst, the newest. */
  readonly startsFalling: boolean;
}

const option = (value: string, label: string, startsFalling = false): SortOption => ({
  value,
  label,
  startsFalling,
});

const HIDDEN: ReadonlySet<string> = new Set([
  "frame_id",
  "source_id",
  "url",
  "label_id",
  "segmentation",
  "class",
  "x",
  "y",
  "area_px",
  "date_captured",
]);

/** Groups of orders for a kind of element; `others` are the sets that the one in view can disagree with. */
export function sortGroups(
  dataset: DatasetBody | undefined,
  elements: ElementKind,
  hasSets: boolean,
  others: readonly string[] = [],
): readonly { readonly group: string; readonly items: readonly SortOption[] }[] {
  const fields = (dataset?.fields ?? []).filter(({ name }) => !HIDDEN.has(name)).map(({ name }) => name);
  if (elements !== "frames") {
    const own = [option("class", "Class"), option("area_px", "Area", true), option("frame_id", "Frame")];
    const labelFields = (dataset?.label_fields ?? [])
      .map(({ name }) => name)
      .filter((name) => !HIDDEN.has(name));
    return [
      {
        group: elements === "labels" ? "Label" : "Inference",
        items:
          elements === "labels"
            ? [...own, ...labelFields.map((name) => option(name, name))]
            : [option("confidence", "Confidence", true), ...own],
      },
      { group: "Frame", items: fields.map((name) => option(`frame.${name}`, name)) },
    ];
  }
  const scores = [
    option("f1", "F1"),
    option("recall", "Recall"),
    option("precision", "Precision"),
    option("n_errors", "Number of errors", true),
    option("n_inferences", "Number of inferences", true),
    ...others.map((name) => option(`disagreement@${name}`, `Disagreement with ${name}`, true)),
  ];
  return [
    ...(hasSets ? [{ group: "Model", items: scores }] : []),
    {
      group: "Frame",
      items: [
        option("date_captured", "Date captured", true),
        option("frame_id", "Frame id"),
        option("n_labels", "Number of labels", true),
        ...fields.map((name) => option(name, name)),
      ],
    },
  ];
}

/** Read `-f1` as field and direction. */
export function readSort(
  sort: string | undefined,
): { readonly field: string; readonly isFalling: boolean } | null {
  if (!sort) return null;
  return sort.startsWith("-") ? { field: sort.slice(1), isFalling: true } : { field: sort, isFalling: false };
}

/** The other way round of `readSort`. */
export function writeSort(field: string, isFalling: boolean): string {
  return isFalling ? `-${field}` : field;
}
