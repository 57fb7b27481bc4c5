/** Queries put together, and their parts as the language writes them. */

/** The query of what all of these select; what holds an OR stays together, empty ones restrict nothing. */
export function allOf(...queries: readonly (string | undefined)[]): string {
  const parts = queries.flatMap((query) => query?.trim() || []);
  if (parts.length < 2) return parts[0] ?? "";
  return parts.map((part) => (/\bOR\b/i.test(part) ? `(${part})` : part)).join(" ");
}

/** Text between double quotes. */
export function quoted(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}

const WORD = /^[A-Za-z_][\w-]*$/;
const KEYWORDS: ReadonlySet<string> = new Set(["and", "or", "not"]);

/** Plain where one word would do, between quotes otherwise. */
export function wordText(text: string): string {
  return WORD.test(text) && !KEYWORDS.has(text.toLowerCase()) ? text : quoted(text);
}

/** A value as the query language writes it. */
export function valueText(value: unknown): string {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return wordText(String(value));
}

/** A field as the query language writes it. */
export function fieldText(field: string): string {
  return field.split(".").every((part) => WORD.test(part)) ? field : quoted(field);
}

/** `field:value`. */
export function valueTerm(field: string, value: unknown): string {
  return `${fieldText(field)}:${valueText(value)}`;
}
