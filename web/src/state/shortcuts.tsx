/** Keys that do something: declared by the view they work in, listed in the dialog that `?` opens. */

import {
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useSyncExternalStore,
} from "react";

/** One key; `keys` as in `j`, `ArrowDown`, `Shift+ArrowDown`, `Mod+k` (Ctrl, or ⌘ on a Mac), `Space`, `?`. */
export interface Shortcut {
  readonly keys: readonly string[];
  readonly about: string;
  readonly run: (event: KeyboardEvent) => void;
  /** Also while a text is being typed. */
  readonly inText?: boolean;
}

/** The shortcuts of one view. */
export interface ShortcutGroup {
  readonly name: string;
  readonly shortcuts: readonly Shortcut[];
}

class ShortcutBoard {
  private groups: readonly { readonly read: () => ShortcutGroup }[] = [];
  private readonly listeners = new Set<() => void>();

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly read = () => this.groups;

  add(read: () => ShortcutGroup): () => void {
    const entry = { read };
    this.change([...this.groups, entry]);
    return () => this.change(this.groups.filter((other) => other !== entry));
  }

  /** The view on top, which came last, has the first word. */
  press(event: KeyboardEvent): void {
    const isTyping = isText(event.target);
    if (isOfControl(event)) return;
    for (const group of [...this.groups].reverse()) {
      for (const shortcut of group.read().shortcuts) {
        if ((!isTyping || shortcut.inText) && shortcut.keys.some((keys) => isPressed(keys, event))) {
          event.preventDefault();
          shortcut.run(event);
          return;
        }
      }
    }
  }

  private change(groups: typeof this.groups): void {
    this.groups = groups;
    for (const listener of this.listeners) listener();
  }
}

const Context = createContext(new ShortcutBoard());

/** Listens to keys; once, around everything. Open dialogs keep theirs to themselves. */
export function ShortcutProvider({ children }: { children: ReactNode }) {
  const board = useMemo(() => new ShortcutBoard(), []);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const isInDialog = event.target instanceof Element && event.target.closest('[role="dialog"]') !== null;
      if (!event.defaultPrevented && !isInDialog) board.press(event);
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [board]);
  return <Context value={board}>{children}</Context>;
}

/** Declare the shortcuts of a view while it is shown. */
export function useShortcuts(name: string, shortcuts: readonly Shortcut[]): void {
  const board = useContext(Context);
  const now = useRef<ShortcutGroup>({ name, shortcuts });
  useEffect(() => {
    now.current = { name, shortcuts };
  });
  useEffect(() => board.add(() => now.current), [board]);
}

/** All shortcuts of what is shown, for the dialog. */
export function useShortcutGroups(): readonly ShortcutGroup[] {
  const board = useContext(Context);
  return useSyncExternalStore(board.subscribe, board.read).map(({ read }) => read());
}

/** Whether an event is this combination. */
export function isPressed(keys: string, event: KeyboardEvent): boolean {
  const parts = keys.split("+");
  const key = parts.at(-1) === "Space" ? " " : (parts.at(-1) ?? "");
  const isMod = event.ctrlKey || event.metaKey;
  if (isMod !== parts.includes("Mod") || event.altKey !== parts.includes("Alt")) return false;
  // Signs such as ? need Shift on some keyboards and not on others.
  const isLetter = key.length > 1 || /[a-z ]/i.test(key);
  if (isLetter && event.shiftKey !== parts.includes("Shift")) return false;
  return event.key.toLowerCase() === key.toLowerCase();
}

const CONTROL_KEYS: ReadonlySet<string> = new Set([" ", "Enter", "Home", "End", "PageUp", "PageDown"]);
const CONTROLS =
  "button, a[href], summary, input, [role=slider], [role=tab], [role=menuitem], [role=option], [role=combobox]";

/** Space and Enter press the button that has the focus, arrows move its slider: such keys stay there. */
function isOfControl(event: KeyboardEvent): boolean {
  if (!CONTROL_KEYS.has(event.key) && !event.key.startsWith("Arrow")) return false;
  return event.target instanceof Element && event.target.closest(CONTROLS) !== null && !isText(event.target);
}

function isText(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (
    target.isContentEditable ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement
  )
    return true;
  return (
    target instanceof HTMLInputElement && !["checkbox", "radio", "range", "button"].includes(target.type)
  );
}
