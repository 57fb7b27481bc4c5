/** Short messages on what was done, or what failed; read out by screen readers. */

import { CloseButton, Portal } from "@mantine/core";
import { createContext, type ReactNode, useCallback, useContext, useMemo, useRef, useState } from "react";
import { problemOf } from "@/api/problem";
import { AppLink } from "./AppLink";
import classes from "./Toasts.module.css";

/** A message; `href` and `link` lead to what it is about. */
export interface Toast {
  readonly text: string;
  readonly detail?: string | undefined;
  readonly tone?: "good" | "bad";
  readonly href?: string;
  readonly link?: string;
  /** What can be done about it, such as `Undo`. */
  readonly action?: { readonly name: string; readonly run: () => void };
  /** Takes the place of an earlier message of the same key. */
  readonly key?: string;
}

/** Shows messages. */
export interface Toaster {
  readonly tell: (toast: Toast) => void;
  /** Tell of a failed request. */
  readonly fail: (error: unknown) => void;
}

const Context = createContext<Toaster>({ tell: () => {}, fail: () => {} });
const SHOWN_MS = 6000;

/** Show messages. */
export const useToasts = (): Toaster => useContext(Context);

/** Holds the messages; once, around everything. */
export function ToastProvider({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<readonly (Toast & { id: number })[]>([]);
  const count = useRef(0);
  const drop = useCallback((id: number) => setToasts((now) => now.filter((toast) => toast.id !== id)), []);
  const tell = useCallback(
    (toast: Toast) => {
      count.current += 1;
      const id = count.current;
      const isOther = ({ key }: Toast) => key === undefined || key !== toast.key;
      setToasts((now) => [...now.filter(isOther).slice(-3), { ...toast, id }]);
      // What failed stays until it was read.
      if (toast.tone !== "bad") setTimeout(() => drop(id), SHOWN_MS);
    },
    [drop],
  );
  const toaster = useMemo<Toaster>(
    () => ({
      tell,
      fail: (error) => {
        const problem = problemOf(error);
        tell({ text: problem.detail, detail: problem.hint, tone: "bad" });
      },
    }),
    [tell],
  );
  return (
    <Context value={toaster}>
      {children}
      <Portal>
        <div className={classes.stack} role="status" aria-label="Messages">
          {toasts.map((toast) => (
            <div key={toast.id} className={classes.toast} data-tone={toast.tone ?? "good"}>
              <span aria-hidden="true" className={classes.shape}>
                {toast.tone === "bad" ? "✗" : "✓"}
              </span>
              <div className={classes.words}>
                <div>{toast.text}</div>
                {toast.detail ? <div className={classes.detail}>{toast.detail}</div> : null}
                {toast.href ? <AppLink href={toast.href}>{toast.link ?? "Open"}</AppLink> : null}
                {toast.action ? (
                  <button
                    type="button"
                    className={classes.action}
                    onClick={() => {
                      drop(toast.id);
                      toast.action?.run();
                    }}
                  >
                    {toast.action.name}
                  </button>
                ) : null}
              </div>
              <CloseButton size="sm" aria-label="Dismiss" onClick={() => drop(toast.id)} />
            </div>
          ))}
        </div>
      </Portal>
    </Context>
  );
}
