/** What the page looks at beyond the shared address: the set, the second set, the number that was opened. */

import { useCallback } from "react";
import { useChosenSets } from "@/state/chosenSets";
import { useExtra, useSetView } from "@/state/view";
import { type Drill, readDrill, writeDrill } from "./outcomes/drill";

/** The inference set a tab is about: that of the address, else the newest chosen one that is not the baseline. */
export function useSetInFocus(): readonly [string | undefined, (name: string) => void] {
  const [asked, setAsked] = useExtra("set");
  const { names, all, baseline } = useChosenSets();
  const known = all.some((set) => set.name === asked) ? asked : undefined;
  const newest = [...names].reverse().find((name) => name !== baseline) ?? names.at(-1);
  return [known ?? newest, setAsked];
}

/** The second inference set, when two are looked at side by side. */
export function useSetBeside(): readonly [string | undefined, (name: string | undefined) => void] {
  const [asked, setAsked] = useExtra("beside");
  const { all } = useChosenSets();
  return [all.some((set) => set.name === asked) ? asked : undefined, setAsked];
}

/** The number that was opened, and opening another; `undefined` closes. */
export function useDrill(): readonly [Drill | undefined, (drill: Drill | undefined) => void] {
  const [text, setText] = useExtra("behind");
  const open = useCallback((drill: Drill | undefined) => setText(drill && writeDrill(drill)), [setText]);
  return [readDrill(text), open];
}

/** Go to a tab about a segment and a set, in one step of history. */
export function useOpenTab(): (
  tab: string,
  about: { segment?: string | undefined; set?: string | undefined },
) => void {
  const setView = useSetView();
  return useCallback(
    (tab, { segment, set }) =>
      setView((view) => ({
        tab,
        segment,
        extra: { ...view.extra, ...(set ? { set } : {}) },
      })),
    [setView],
  );
}
