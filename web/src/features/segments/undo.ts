/** Taking a change of elements back: the next version holds what an earlier one held. */

import { useCallback } from "react";
import { useChangeElements } from "@/api/segments";
import type { SegmentBody } from "@/api/types";
import { useToasts } from "@/ui/Toasts";
import { useSegmentEdits } from "./edits";

/** Tell of a change and offer to take it back. */
export function useUndo(): (text: string, before: number, changed: SegmentBody) => void {
  const { place, fail } = useSegmentEdits();
  const { mutate } = useChangeElements(place);
  const { tell } = useToasts();
  return useCallback(
    (text, before, changed) => {
      const old = { segment: changed.name, version: before };
      const undo = () =>
        mutate(
          {
            segment: changed.name,
            revision: changed.revision,
            add: old,
            remove: { minus: [{ segment: changed.name }, old] },
            note: `undo: as version ${before}`,
          },
          {
            onSuccess: (restored) =>
              tell({ text: `Taken back: version ${restored.version} is as version ${before}.` }),
            onError: fail,
          },
        );
      tell({ text, action: { name: "Undo", run: undo } });
    },
    [mutate, tell, fail],
  );
}
