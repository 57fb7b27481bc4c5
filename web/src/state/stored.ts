/** Small things a browser remembers; without storage they last as long as the page. */

import { useSyncExternalStore } from "react";

const CHANGED = "shoal:stored";

/** Read a remembered value; what is not of the right form counts as absent. */
export function readStored<Value>(
  key: string,
  isValid: (value: unknown) => value is Value,
): Value | undefined {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(`shoal.${key}`) ?? "null");
    return isValid(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Remember a value. */
export function writeStored(key: string, value: unknown): void {
  try {
    localStorage.setItem(`shoal.${key}`, JSON.stringify(value));
  } catch {
    // Storage is full or switched off: the value is not remembered, nothing else is lost.
  }
  window.dispatchEvent(new Event(CHANGED));
}

/** The remembered text of a key, rendered anew when it changes, also in other tabs. */
export function useStoredText(key: string): string | null {
  return useSyncExternalStore(
    (listener) => {
      window.addEventListener(CHANGED, listener);
      window.addEventListener("storage", listener);
      return () => {
        window.removeEventListener(CHANGED, listener);
        window.removeEventListener("storage", listener);
      };
    },
    () => {
      try {
        return localStorage.getItem(`shoal.${key}`);
      } catch {
        return null;
      }
    },
  );
}

/** A remembered number, such as the size of thumbnails. */
export function useStoredNumber(key: string, initial: number): readonly [number, (value: number) => void] {
  const value = Number(useStoredText(key) ?? Number.NaN);
  return [Number.isNaN(value) ? initial : value, (next) => writeStored(key, next)];
}

/** A remembered choice. */
export function useStoredFlag(key: string, initial: boolean): readonly [boolean, (value: boolean) => void] {
  const text = useStoredText(key);
  return [text === null ? initial : text === "true", (next) => writeStored(key, next)];
}
