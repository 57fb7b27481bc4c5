/** The Similarity Search of the segment's page: what the address says, what is suggested, what was answered. */

import { useMemo, useState } from "react";
import { useAnswer, useAnswers, useIsAnswering, useSuggestions } from "@/api/suggestions";
import type { Suggestion, SuggestionBody, SuggestionRequest } from "@/api/types";
import { type Answer, turned } from "@/core/answers";
import { useChosenSets } from "@/state/chosenSets";
import { useExtra, useView } from "@/state/view";
import { useToasts } from "@/ui/Toasts";
import { useSegmentEdits } from "../edits";
import { nextShown, type ShownRanking } from "./ranking";

/** Suggestions asked for at first, and more at a time. */
export const STEP = 24;
const MOST = 960;

/** How suggestions are to be ordered. */
export type RankingChoice = "auto" | "nearest" | "classifier";

/** The search. */
export interface Search {
  readonly items: readonly Suggestion[];
  /** The ranking shown; undefined before the first. */
  readonly shown: SuggestionBody | undefined;
  /** The newest word of the server: counts, what the classifier needs. */
  readonly newest: SuggestionBody | undefined;
  readonly error: unknown;
  readonly retry: () => void;
  readonly isBusy: boolean;
  readonly accepted: readonly string[];
  readonly discarded: readonly string[];
  readonly answerOf: (id: string) => Answer | undefined;
  /** Answer, or take the same answer back. */
  readonly answer: (id: string, answer: Answer) => void;
  readonly takeBack: (id: string) => void;
  /** Answered among those shown. */
  readonly n_answered: number;
  /** Show the newest ranking, once it knows every answer. */
  readonly rankAnew: () => void;
  readonly isRanking: boolean;
  /** Ask for more; undefined when there are no more. */
  readonly more: (() => void) | undefined;
  readonly ranking: RankingChoice;
  readonly setRanking: (choice: RankingChoice) => void;
}

/** Search in a space. */
export function useSearch(space: string): Search {
  const { place, segment, fail } = useSegmentEdits();
  const { q = "" } = useView();
  const { newest: newestSet } = useChosenSets();
  const [askedRanking, setRanking] = useExtra("ranking");
  const [askedK, setK] = useExtra("k");
  const ranking = askedRanking === "nearest" || askedRanking === "classifier" ? askedRanking : "auto";
  const k = Math.min(MOST, Math.max(STEP, Math.floor(Number(askedK)) || STEP));
  const request = useMemo<SuggestionRequest>(
    () => ({
      space,
      k,
      ranking,
      query: q || null,
      inference_set: segment.inference_set ?? newestSet ?? null,
    }),
    [space, k, ranking, q, segment.inference_set, newestSet],
  );
  const suggestions = useSuggestions(place, segment.name, request);
  const answers = useAnswers(place, segment.name);
  const change = useAnswer(place, segment.name);
  const isAnswering = useIsAnswering(place, segment.name);
  const { tell } = useToasts();

  const accepted = useMemo(() => new Set(answers.data?.accepted), [answers.data]);
  const discarded = useMemo(() => new Set(answers.data?.discarded), [answers.data]);
  const answerOf = (id: string): Answer | undefined =>
    accepted.has(id) ? "accepted" : discarded.has(id) ? "discarded" : undefined;

  const [shown, setShown] = useState<ShownRanking | null>(null);
  const asked = JSON.stringify(request);
  const fresh = suggestions.data && !suggestions.isPlaceholderData ? suggestions.data : undefined;
  const [isWanted, setIsWanted] = useState(false);
  const isSettled = !isAnswering && !suggestions.isFetching;
  const next =
    fresh === undefined || answers.data === undefined || isAnswering
      ? shown
      : isWanted && isSettled
        ? { asked, body: fresh }
        : nextShown(shown, { asked, body: fresh }, (id) => answerOf(id) !== undefined);
  if (next !== shown) {
    setShown(next);
    setIsWanted(false);
  }

  const send = (
    id: string,
    answers: ReturnType<typeof turned>,
    words: string,
    before: Answer | undefined,
  ) => {
    change.mutate(answers, { onError: fail });
    const undo = () => change.mutate(restored(id, before), { onError: fail });
    tell({ text: `${words} ${shortened(id)}.`, action: { name: "Undo", run: undo }, key: "answer" });
  };
  const items = next?.body.items ?? [];
  return {
    items,
    shown: next?.body,
    newest: suggestions.data,
    error: suggestions.error ?? answers.error,
    retry: () => {
      void suggestions.refetch();
      void answers.refetch();
    },
    isBusy: !isSettled,
    accepted: answers.data?.accepted ?? [],
    discarded: answers.data?.discarded ?? [],
    answerOf,
    answer: (id, answer) => {
      const before = answerOf(id);
      const words = before === answer ? "Took back the answer about" : WORDS[answer];
      send(id, turned(id, before, answer), words, before);
    },
    takeBack: (id) => send(id, { take_back: [id] }, "Took back the answer about", answerOf(id)),
    n_answered: items.filter(({ id }) => answerOf(id)).length,
    rankAnew: () => setIsWanted(true),
    isRanking: isWanted,
    more:
      next && items.length >= k && k < MOST && next.body.n_candidates > items.length
        ? () => setK(String(k + STEP), { replace: true })
        : undefined,
    ranking,
    setRanking: (choice) => setRanking(choice === "auto" ? undefined : choice),
  };
}

const WORDS: Readonly<Record<Answer, string>> = { accepted: "Accepted", discarded: "Discarded" };

/** The change that brings an earlier answer back. */
function restored(id: string, before: Answer | undefined) {
  return before === undefined ? { take_back: [id] } : turned(id, undefined, before);
}

function shortened(id: string): string {
  return id.length > 80 ? `${id.slice(0, 79)}…` : id;
}
