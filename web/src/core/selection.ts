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
  /** What a lasso on a map holds. */
  area?: Area | null;
}

/** A polygon on a map of embeddings. */
export interface Area {
  space: string;
  method: "pca" | "pacmap";
  polygon: [number, number][];
  inference_set?: string | null;
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
    }
  | {
      readonly kind: "within";
      /** What the server says is in here … */
      readonly where: Where;
      /** … so many elements … */
      readonly total: number;
      /** … as far as it was asked about single ones … */
      readonly known: ReadonlyMap<string, boolean>;
      /** … with these … */
      readonly added: ReadonlySet<string>;
      /** … and without these. */
      readonly except: ReadonlySet<string>;
    };

export const NOTHING: Selection = { kind: "ids", ids: new Set() };

/** Everything that matches. */
export function allMatching(where: Where, total: number): Selection {
  return { kind: "matching", where, total, except: new Set() };
}

/** What lies in a part of a map, or another set only the server can tell the members of. */
export function allWithin(where: Where, total: number): Selection {
  return { kind: "within", where, total, known: new Map(), added: new Set(), except: new Set() };
}

/** The selection with what the server said of some elements. */
export function withKnown(
  selection: Selection,
  asked: readonly string[],
  inside: ReadonlySet<string>,
): Selection {
  if (selection.kind !== "within") return selection;
  const known = new Map(selection.known);
  for (const id of asked) known.set(id, inside.has(id));
  return { ...selection, known };
}

/** These elements. */
export function theseIds(ids: Iterable<string>): Selection {
  return { kind: "ids", ids: new Set(ids) };
}

/** How many elements are selected. */
export function selectionCount(selection: Selection): number {
  if (selection.kind === "ids") return selection.ids.size;
  const added = selection.kind === "within" ? selection.added.size : 0;
  return selection.total + added - selection.except.size;
}

/** Whether an element that the current view shows is selected. */
export function isSelected(selection: Selection, id: string): boolean {
  if (selection.kind === "ids") return selection.ids.has(id);
  if (selection.except.has(id)) return false;
  return selection.kind === "matching" || selection.added.has(id) || selection.known.get(id) === true;
}

/** Select or deselect some elements, leaving others as they are. */
export function withIds(selection: Selection, ids: Iterable<string>, selected: boolean): Selection {
  if (selection.kind === "ids") return { kind: "ids", ids: changed(selection.ids, ids, selected) };
  if (selection.kind === "matching")
    return { ...selection, except: changed(selection.except, ids, !selected) };
  const isInside = (id: string) => selection.known.get(id) === true;
  const others = [...ids];
  return {
    ...selection,
    except: changed(selection.except, others.filter(isInside), !selected),
    added: changed(
      selection.added,
      others.filter((id) => !isInside(id)),
      selected,
    ),
  };
}

/** Turn one element over. */
export function toggled(selection: Selection, id: string): Selection {
  return withIds(selection, [id], !isSelected(selection, id));
}

/** The selection as the server understands it; `null` when nothing is selected. */
export function selectionWhere(selection: Selection): Where | null {
  if (selectionCount(selection) === 0) return null;
  if (selection.kind === "ids") return { ids: [...selection.ids] };
  const added = selection.kind === "within" ? selection.added : new Set<string>();
  const where: Where = added.size ? { any_of: [selection.where, { ids: [...added] }] } : selection.where;
  return selection.except.size === 0 ? where : { minus: [where, { ids: [...selection.except] }] };
}

/** How a part is joined to what was selected. */
export type Joining = "replace" | "add" | "subtract";

/** What is selected once a part of the map is added to it, or taken from it; `null`: nothing. */
export function joined(before: Where | null, part: Where, how: Joining): Where | null {
  if (before === null || how === "replace") return how === "subtract" ? null : part;
  return how === "add" ? { any_of: [before, part] } : { minus: [before, part] };
}

/** A part of what a query selects. */
export function withinQuery(query: string, part: Where): Where {
  return query.trim() ? { all_of: [{ query }, part] } : part;
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
