/** Values of metadata as people read them. */

import { formatTime } from "@/core/dates";
import { formatNumber, formatScore, UNDEFINED_NUMBER } from "@/core/numbers";

const SCORES: ReadonlySet<string> = new Set(["f1", "precision", "recall", "confidence"]);
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d/;

/** One value; the field says how numbers are read. */
export function shownValue(value: unknown, field = ""): string {
  if (value === null || value === undefined) return UNDEFINED_NUMBER;
  if (typeof value === "number") return SCORES.has(field) ? formatScore(value) : formatNumber(value);
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (Array.isArray(value)) return value.map((part) => shownValue(part)).join(", ");
  const text = String(value);
  return TIME.test(text) ? formatTime(text) : text;
}
