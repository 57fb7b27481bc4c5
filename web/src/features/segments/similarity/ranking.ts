/** Which ranking is shown: it stays while it is answered, so that nothing moves under the hand. */

import type { SuggestionBody } from "@/api/types";
import { countOf } from "@/core/numbers";

/** A ranking and the question it answers. */
export interface ShownRanking {
  readonly asked: string;
  readonly body: SuggestionBody;
}

/** The ranking to show when a fresh one is there: the present one while it holds elements without an answer. */
export function nextShown(
  now: ShownRanking | null,
  fresh: ShownRanking,
  isAnswered: (id: string) => boolean,
): ShownRanking {
  if (now === null || now.asked !== fresh.asked) return fresh;
  if (now.body === fresh.body) return now;
  if (now.body.segment_version !== fresh.body.segment_version) return fresh;
  if (now.body.dataset_version !== fresh.body.dataset_version) return fresh;
  return now.body.items.every(({ id }) => isAnswered(id)) ? fresh : now;
}

/** What the present ranking is. */
export function rankingWords({ ranking }: Pick<SuggestionBody, "ranking">): string {
  return ranking === "classifier" ? "Likeliest first, learned from your answers." : "Nearest first.";
}

type Needs = Pick<SuggestionBody, "classifier_is_ready" | "n_more_accepted" | "n_more_discarded">;

/** What the classifier still needs; nothing once it is ready. */
export function classifierNeeds({ classifier_is_ready, n_more_accepted, n_more_discarded }: Needs): string {
  if (classifier_is_ready) return "";
  const needs = [
    ...(n_more_accepted ? [`${n_more_accepted} more accepted`] : []),
    ...(n_more_discarded ? [`${n_more_discarded} more discarded`] : []),
  ];
  return needs.length ? `The classifier needs ${needs.join(" and ")}.` : "";
}

/** What saving does: `Save 5 accepted as version 2`. */
export function saveWords(n_accepted: number, version: number): string {
  return n_accepted
    ? `Save ${countOf(n_accepted, "accepted", "accepted")} as version ${version + 1}`
    : "Save accepted";
}
