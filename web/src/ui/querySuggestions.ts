/** What can stand at the cursor: the server's completions, and queries asked before. */

import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { type ApiProblem, problemOf } from "@/api/problem";
import { completionOptions } from "@/api/selections";
import type { Place } from "@/core/paths";
import type { ElementKind } from "@/core/selection";
import { useRecentQueries } from "@/state/recentQueries";

const PAUSE_MS = 60;
const SHOWN = 12;

/** Something that can replace `text[start:end]`. */
export interface Suggestion {
  readonly start: number;
  readonly end: number;
  readonly kind: string;
  readonly text: string;
  readonly detail: string;
}

/** A query, and what it is about. */
export interface QueryText {
  readonly text: string;
  readonly elements: ElementKind;
  readonly inferenceSet: string | undefined;
}

/** Why a text cannot be asked; `null` when it can, `undefined` until that is known. */
export function useQueryProblem(place: Place, { text, ...about }: QueryText): ApiProblem | null | undefined {
  const { data, error } = useQuery({ ...completionOptions(place, text, text.length, about), retry: false });
  return useMemo(() => {
    if (error) return problemOf(error);
    if (!data) return undefined;
    return data.problem ? problemOf(data.problem) : null;
  }, [data, error]);
}

/** Where in which query the cursor stands. */
export interface SuggestionsRequest extends QueryText {
  readonly cursor: number;
  readonly isOpen: boolean;
}

/** Suggestions for the text as it is now; those for an older text are dropped. */
export function useSuggestions(place: Place, request: SuggestionsRequest): readonly Suggestion[] {
  const [recent] = useRecentQueries(place);
  const [asked] = useDebouncedValue(request, PAUSE_MS);
  const { data } = useQuery({
    ...completionOptions(place, asked.text, asked.cursor, {
      elements: asked.elements,
      inferenceSet: asked.inferenceSet,
    }),
    enabled: request.isOpen && asked.isOpen,
    placeholderData: keepPreviousData,
    retry: false,
  });
  return useMemo(() => {
    if (!request.isOpen) return [];
    const earlier = request.text.trim()
      ? []
      : recent
          .slice(0, 5)
          .map((text) => ({ start: 0, end: request.text.length, kind: "asked before", text, detail: "" }));
    const completed =
      data && asked.text === request.text && asked.cursor === request.cursor
        ? data.items.map((item) => ({
            start: data.start,
            end: data.end,
            kind: item.kind,
            text: item.text,
            detail: item.detail ?? "",
          }))
        : [];
    const isNews = (suggestion: Suggestion) =>
      request.text.slice(suggestion.start, suggestion.end) !== suggestion.text;
    return [...earlier, ...completed].filter(isNews).slice(0, SHOWN);
  }, [data, asked, request, recent]);
}
