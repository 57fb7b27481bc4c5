/** Queries put together. */

/** The query of what all of these select; what holds an OR stays together, empty ones restrict nothing. */
export function allOf(...queries: readonly (string | undefined)[]): string {
  const parts = queries.flatMap((query) => query?.trim() || []);
  if (parts.length < 2) return parts[0] ?? "";
  return parts.map((part) => (/\bOR\b/i.test(part) ? `(${part})` : part)).join(" ");
}
