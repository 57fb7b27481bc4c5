/** The selection all views of a dataset share. */

import { createContext, type ReactNode, useContext, useMemo, useRef, useSyncExternalStore } from "react";
import {
  allMatching,
  allWithin,
  type ElementKind,
  idsBetween,
  isSelected,
  NOTHING,
  type Selection,
  selectionCount,
  selectionWhere,
  theseIds,
  toggled,
  type Where,
  withIds,
  withKnown,
} from "@/core/selection";

/** What is selected, of which kind. */
export interface SelectionState {
  readonly elements: ElementKind;
  /** The set whose inferences or scores the selection is about. */
  readonly inferenceSet: string | undefined;
  readonly selection: Selection;
  /** Where a range starts: the element clicked or moved to last. */
  readonly anchor: string | null;
}

const START: SelectionState = {
  elements: "frames",
  inferenceSet: undefined,
  selection: NOTHING,
  anchor: null,
};

/** Holds the selection; views read it with `useSelection` and change it with `useSelectionStore`. */
export class SelectionStore {
  private state = START;
  private readonly listeners = new Set<() => void>();

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly read = (): SelectionState => this.state;

  /** Say what the view shows; another kind of element, or another set's inferences, empties the selection. */
  about(elements: ElementKind, inferenceSet?: string): void {
    const isSame =
      this.state.elements === elements &&
      (elements !== "inferences" || this.state.inferenceSet === inferenceSet);
    this.change(isSame ? { inferenceSet } : { ...START, elements, inferenceSet });
  }

  /** Select exactly these. */
  replace(ids: Iterable<string>, anchor: string | null = null): void {
    this.change({ selection: theseIds(ids), anchor });
  }

  /** Turn one over (ctrl-click, space). */
  toggle(id: string): void {
    this.change({ selection: toggled(this.state.selection, id), anchor: id });
  }

  /** Add or take away some (drag, lasso). */
  mark(ids: Iterable<string>, selected: boolean): void {
    this.change({ selection: withIds(this.state.selection, ids, selected) });
  }

  /** Select from the anchor to an element in the order shown (shift-click). */
  extend(order: readonly string[], id: string): void {
    const ids = idsBetween(order, this.state.anchor ?? id, id);
    this.change({ selection: withIds(this.state.selection, ids, true) });
  }

  /** Select everything that matches. */
  selectAll(where: Where, total: number): void {
    this.change({ selection: allMatching(where, total) });
  }

  /** Note that everything that matches is another number of elements by now. */
  recount(total: number): void {
    const { selection } = this.state;
    if (selection.kind === "matching") this.change({ selection: { ...selection, total } });
  }

  /** Select what only the server can tell the members of: a part of a map. */
  selectWithin(where: Where, total: number): void {
    this.change({ selection: total > 0 ? allWithin(where, total) : NOTHING, anchor: null });
  }

  /** Note which of some elements are inside a selection that only the server can tell. */
  learn(of: Where, asked: readonly string[], inside: ReadonlySet<string>): void {
    const { selection } = this.state;
    if (selection.kind === "within" && selection.where === of)
      this.change({ selection: withKnown(selection, asked, inside) });
  }

  /** What is selected, for requests; `null` when nothing is. */
  where(): Where | null {
    return selectionWhere(this.state.selection);
  }

  /** Select nothing. */
  clear(): void {
    if (selectionCount(this.state.selection) > 0) this.change({ selection: NOTHING, anchor: null });
  }

  private change(change: Partial<SelectionState>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.listeners) listener();
  }
}

const StoreContext = createContext<SelectionStore | null>(null);

/** Holds one selection; give it a `key` per dataset. */
export function SelectionProvider({ children }: { children: ReactNode }) {
  const store = useRef<SelectionStore | null>(null);
  store.current ??= new SelectionStore();
  return <StoreContext value={store.current}>{children}</StoreContext>;
}

/** The store, for changes; it never renders anew. */
export function useSelectionStore(): SelectionStore {
  const store = useContext(StoreContext);
  if (store === null) throw new Error("This component needs a SelectionProvider around it.");
  return store;
}

/** What is selected, in all forms views need. */
export interface SelectionView extends SelectionState {
  readonly count: number;
  /** For requests; `null` when nothing is selected. */
  readonly where: Where | null;
  readonly has: (id: string) => boolean;
}

/** Read the selection. */
export function useSelection(): SelectionView {
  const store = useSelectionStore();
  const state = useSyncExternalStore(store.subscribe, store.read);
  return useMemo(
    () => ({
      ...state,
      count: selectionCount(state.selection),
      where: selectionWhere(state.selection),
      has: (id: string) => isSelected(state.selection, id),
    }),
    [state],
  );
}

/** Whether one element is selected; renders anew only when that changes. */
export function useIsSelected(id: string): boolean {
  const store = useSelectionStore();
  return useSyncExternalStore(store.subscribe, () => isSelected(store.read().selection, id));
}
