/** Which outcomes of a list are selected: some of them, or all that match. */

import { useCallback, useMemo, useRef, useState } from "react";
import type { Outcome } from "@/api/numbers";

/** One name for each outcome. */
export const outcomeKey = (outcome: Outcome): string =>
  `${outcome.frame_id}\n${outcome.label_id ?? ""}\n${outcome.inference_id ?? ""}\n${outcome.truth}\n${outcome.predicted}`;

/** The selection and how to change it. */
export interface OutcomeSelection {
  readonly isAll: boolean;
  readonly has: (outcome: Outcome) => boolean;
  readonly count: number;
  /** Frames of the selected outcomes, each once; meaningless when all are selected. */
  readonly frames: readonly string[];
  readonly toggle: (index: number, isRange: boolean) => void;
  readonly selectAll: () => void;
  readonly clear: () => void;
}

/** Hold a selection of the outcomes of one list; it starts anew with `about`. */
export function useOutcomeSelection(
  items: readonly Outcome[],
  total: number,
  about: string,
): OutcomeSelection {
  const [state, setState] = useState<{ about: string; isAll: boolean; keys: ReadonlyMap<string, string> }>({
    about,
    isAll: false,
    keys: new Map(),
  });
  const anchor = useRef(0);
  const present = state.about === about ? state : { about, isAll: false, keys: new Map<string, string>() };
  const toggle = useCallback(
    (index: number, isRange: boolean) => {
      const one = items[index];
      if (!one) return;
      const range = isRange
        ? items.slice(Math.min(anchor.current, index), Math.max(anchor.current, index) + 1)
        : [one];
      anchor.current = index;
      setState((before) => {
        const isSame = before.about === about;
        const keys = new Map(
          isSame && before.isAll
            ? items.map((item) => [outcomeKey(item), item.frame_id])
            : isSame
              ? before.keys
              : [],
        );
        const adds = isRange || !keys.has(outcomeKey(one));
        for (const item of range) {
          if (adds) keys.set(outcomeKey(item), item.frame_id);
          else keys.delete(outcomeKey(item));
        }
        return { about, isAll: false, keys };
      });
    },
    [items, about],
  );
  const { isAll, keys } = present;
  return useMemo(
    () => ({
      isAll,
      has: (outcome) => isAll || keys.has(outcomeKey(outcome)),
      count: isAll ? total : keys.size,
      frames: [...new Set(keys.values())],
      toggle,
      selectAll: () => setState({ about, isAll: true, keys: new Map() }),
      clear: () => setState({ about, isAll: false, keys: new Map() }),
    }),
    [isAll, keys, total, toggle, about],
  );
}
