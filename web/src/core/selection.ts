/** The algebra of selections: explicit ids, or everything that matches without some. */

/** What a set holds. */
export type ElementKind = "frames" | "labels" | "inferences";

/** A set of elements as the server understands it (its `SelectionBody`). */
export interface Where {
  query?: string | null;
  ids?: string[] | null;
  segment?: string | null;
  version?: number | null;
  all_of?: Where[] | null;
  any_of?: Where[] | null;
  minus?: [Where, Where] | null;
  complement?: Where | null;
  /** The frames these crops are in, or the crops in these frames. */
  of?: { selection: Where; elements: ElementKind; inference_set?: string | null } | null;
}

/** What is selected. */
export type Selection =
  | { readonly kind: "ids"; readonly ids: ReadonlySet<string> }
  | {
      readonly kind: "matching";
      /** Everything in here … */
      readonly where: Where;
      /** … of which there are so many … */
      readonly total: number;
      /** … except these. */
      readonly except: ReadonlySet<string>;
    };

export const NOTHING: Selection = { kind: "ids", ids: new Set() };

/** Everything that matches. */
export function allMatching(where: Where, total: number): Selection {
  return { kind: "matching", where, total, except: new Set() };
}

/** These elements. */
export function theseIds(ids: Iterable<string>): Selection {
  return { kind: "ids", ids: new Set(ids) };
}

/** How many elements are selected. */
export function selectionCount(selection: Selection): number {
  return selection.kind === "ids" ? selection.ids.size : selection.total - selection.except.size;
}

/** Whether an element that the current view shows is selected. */
export function isSelected(selection: Selection, id: string): boolean {
  return selection.kind === "ids" ? selection.ids.has(id) : !selection.except.has(id);
}

/** Select or deselect some elements, leaving others as they are. */
export function withIds(selection: Selection, ids: Iterable<string>, selected: boolean): Selection {
  if (selection.kind === "ids") return { kind: "ids", ids: changed(selection.ids, ids, selected) };
  return { ...selection, except: changed(selection.except, ids, !selected) };
}

/** Turn one element over. */
export function toggled(selection: Selection, id: string): Selection {
  return withIds(selection, [id], !isSelected(selection, id));
}

/** The selection as the server understands it; `null` when nothing is selected. */
export function selectionWhere(selection: Selection): Where | null {
  if (selectionCount(selection) === 0) return null;
  if (selection.kind === "ids") return { ids: [...selection.ids] };
  if (selection.except.size === 0) return selection.where;
  return { minus: [selection.where, { ids: [...selection.except] }] };
}

/** The elements from one to another in the order shown, both included (shift-click). */
export function idsBetween(order: readonly string[], from: string, to: string): readonly string[] {
  const start = order.indexOf(from);
  const end = order.indexOf(to);
  if (start < 0 || end < 0) return [to];
  return order.slice(Math.min(start, end), Math.max(start, end) + 1);
}

function changed(set: ReadonlySet<string>, ids: Iterable<string>, present: boolean): ReadonlySet<string> {
  const next = new Set(set);
  for (const id of ids) {
    if (present) next.add(id);
    else next.delete(id);
  }
  return next;
}
