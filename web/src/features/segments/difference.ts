/** What a kept query would change, in words. */

import { formatCount } from "@/core/numbers";

/** `add 3 / remove 1`. */
export function differenceWords(n_add: number, n_remove: number): string {
  const parts = [n_add ? `add ${formatCount(n_add)}` : "", n_remove ? `remove ${formatCount(n_remove)}` : ""];
  return parts.filter(Boolean).join(" / ");
}
