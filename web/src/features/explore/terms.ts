/** Building queries by clicking: terms for values and ranges, added to a query and taken away again. */

import { fieldText, quoted, wordText } from "@/core/queries";
import type { ElementKind } from "@/core/selection";

/** The elements nearest to one: `similar(id:"000123", 50)`. */
export function similarTerm(id: string, n: number, space?: string): string {
  return `similar(id:${quoted(id)}, ${n}${space === undefined ? "" : `, space:${wordText(space)}`})`;
}

/** `field:low..high`, both included. */
export function rangeTerm(field: string, low: number, high: number): string {
  return `${fieldText(field)}:${edgeText(low)}..${edgeText(high)}`;
}

/** Six digits tell any two edges of a histogram apart; more would be noise. */
function edgeText(edge: number): string {
  return String(Number(edge.toPrecision(6)));
}

/** A term about labels, inside a query that selects `elements`. */
export function aboutLabels(term: string, elements: ElementKind): string {
  return elements === "frames" ? `label(${term})` : term;
}

/** The query with a term more; what was an OR stays together. */
export function withTerm(query: string, term: string): string {
  const before = query.trim();
  if (!before) return term;
  if (hasTerm(before, term)) return before;
  return `${hasLooseOr(before) ? `(${before})` : before} ${term}`;
}

/** Whether the query holds a term as `withTerm` writes it, on the outermost level. */
export function hasTerm(query: string, term: string): boolean {
  return !hasLooseOr(query) && spellings(term).some((spelling) => outerPlace(query, spelling) >= 0);
}

/** The query without a term. */
export function withoutTerm(query: string, term: string): string {
  return spellings(term).reduce(withoutSpelling, query);
}

/** Metadata may be named with its prefix. */
function spellings(term: string): readonly string[] {
  return /^[A-Za-z_]\w*:/.test(term) ? [term, `user__${term}`] : [term];
}

function withoutSpelling(query: string, term: string): string {
  const start = outerPlace(query, term);
  if (start < 0) return query;
  const before = query.slice(0, start).replace(/(^|\s+)(AND\s+)?$/i, "");
  const after = query.slice(start + term.length).replace(before ? /^\s*$/ : /^\s+(AND\s+)?/i, "");
  return (before + after).trim();
}

/** Where a term stands between spaces, outside quotes and parentheses, and not after NOT; -1: nowhere. */
function outerPlace(query: string, term: string): number {
  const depths = depthOfEach(query);
  for (let at = query.indexOf(term); at >= 0; at = query.indexOf(term, at + 1)) {
    const end = at + term.length;
    const isWhole = /^(|\s)$/.test(query.charAt(at - 1)) && /^(|\s)$/.test(query.charAt(end));
    if (isWhole && depths[at] === 0 && !/\bNOT\s+$/i.test(query.slice(0, at))) return at;
  }
  return -1;
}

function hasLooseOr(query: string): boolean {
  const depths = depthOfEach(query);
  return [...query.matchAll(/\bOR\b/gi)].some(({ index }) => depths[index] === 0);
}

/** How many parentheses and quotes each character stands in. */
function depthOfEach(query: string): readonly number[] {
  const depths: number[] = [];
  let depth = 0;
  let isQuoted = false;
  for (let i = 0; i < query.length; i++) {
    const letter = query.charAt(i);
    if (isQuoted && letter === "\\") {
      depths.push(depth + 1, depth + 1);
      i += 1;
      continue;
    }
    if (letter === '"') isQuoted = !isQuoted;
    else if (!isQuoted && letter === ")") depth -= 1;
    depths.push(isQuoted ? depth + 1 : depth);
    if (!isQuoted && letter === "(") depth += 1;
  }
  return depths;
}
