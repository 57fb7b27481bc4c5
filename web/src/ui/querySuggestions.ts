/** What can stand at the cursor: the server's completions, and queries asked before. */

import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
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

/** Where in which query the cursor stands. */
export interface SuggestionsRequest {
  readonly text: string;
  readonly cursor: number;
  readonly elements: ElementKind;
  readonly inferenceSet: string | undefined;
  readonly isOpen: boolean;
}

/** Suggestions for the text as it is now; those for an older text are dropped. */
export function useSuggestions(place: Place, request: SuggestionsRequest): readonly Suggestion[] {
  const [recent] = useRecentQueries(place);
  const [asked] = useDebouncedValue(request, PAUSE_MS);
  const { data } = useQuery({
    ...completionOptions(place, asked.text, asked.cursor, asked),
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
