/** Which of the elements in view are inside a selection whose members only the server knows. */

import { useEffect } from "react";
import { fetchPage, type PagesRequest } from "@/api/selections";
import type { Place } from "@/core/paths";
import { useSelection, useSelectionStore } from "@/state/selection";
import { useToasts } from "@/ui/Toasts";

const MOST = 1000;

/** Ask about elements as they come into view. */
export function useMembership(place: Place, request: PagesRequest, ids: readonly string[]): void {
  const store = useSelectionStore();
  const { selection } = useSelection();
  const { fail } = useToasts();
  const asked =
    selection.kind === "within" ? ids.filter((id) => !selection.known.has(id)).slice(0, MOST) : [];
  const key = asked.join("\n");
  const where = selection.kind === "within" ? selection.where : null;
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` and `where` are what is asked
  useEffect(() => {
    if (!asked.length || !where) return;
    let isOld = false;
    const { sort: _, ...unsorted } = request;
    const body = {
      ...unsorted,
      selection: { all_of: [where, { ids: asked }] },
      columns: ["id"],
      limit: MOST,
    };
    fetchPage(place, body)
      .then((page) => {
        if (!isOld) store.learn(where, asked, new Set(page.items.map((row) => String(row.id))));
      })
      .catch((error: unknown) => {
        if (!isOld) fail(error);
      });
    return () => {
      isOld = true;
    };
  }, [key, where, store]);
}
