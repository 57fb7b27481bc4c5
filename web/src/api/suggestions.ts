/** Elements that may belong to a segment, and what people answered. */

import {
  keepPreviousData,
  queryOptions,
  useIsMutating,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { type Answers, answered } from "@/core/answers";
import type { Place } from "@/core/paths";
import { answer, client } from "./client";
import { keys } from "./keys";
import { segmentOptions, useSegmentsChanged } from "./segments";
import type { AnswersBody, SuggestionRequest } from "./types";

const ROOT = "/api/v1/projects/{project}/datasets/{dataset}/segments/{segment}/similar";

const suggestionsKey = (place: Place, segment: string) =>
  keys.within(place, "segments", segment, "suggestions");
const answersKey = (place: Place, segment: string) => keys.within(place, "segments", segment, "answers");

/** Suggestions, likeliest first; asked anew after every answer. */
export const useSuggestions = (
  place: Place,
  segment: string,
  request: SuggestionRequest,
  { enabled = true } = {},
) =>
  useQuery({
    queryKey: [...suggestionsKey(place, segment), request],
    queryFn: ({ signal }) =>
      answer(client.POST(ROOT, { params: { path: { ...place, segment } }, body: request, signal })),
    placeholderData: keepPreviousData,
    enabled,
  });

const answersOptions = (place: Place, segment: string) =>
  queryOptions({
    queryKey: answersKey(place, segment),
    queryFn: ({ signal }) =>
      answer(client.GET(`${ROOT}/answers`, { params: { path: { ...place, segment } }, signal })),
  });

/** What was answered and is not taken back. */
export const useAnswers = (place: Place, segment: string) => useQuery(answersOptions(place, segment));

/** Answer: shown at once, sent in the order given; the next ranking comes with the last of them. */
export function useAnswer(place: Place, segment: string) {
  const kept = useQueryClient();
  const mutationKey = ["answer", place.project, place.dataset, segment];
  const isLast = () => kept.isMutating({ mutationKey }) === 1;
  return useMutation({
    mutationKey,
    scope: { id: mutationKey.join("/") },
    mutationFn: (change: Answers) =>
      answer(
        client.PUT(`${ROOT}/answers`, {
          params: { path: { ...place, segment } },
          body: {
            accept: [...(change.accept ?? [])],
            discard: [...(change.discard ?? [])],
            take_back: [...(change.take_back ?? [])],
            author: "",
          },
        }),
      ),
    onMutate: async (change) => {
      const show = () =>
        kept.setQueryData<AnswersBody>(answersKey(place, segment), (now) => now && answered(now, change));
      // At once, for the next key may be about it; and again, for a question that is cancelled puts back
      // what was there before.
      show();
      await kept.cancelQueries({ queryKey: answersKey(place, segment) });
      show();
    },
    onSuccess: (body) => {
      if (isLast()) kept.setQueryData(answersKey(place, segment), body);
      kept.setQueryData(
        segmentOptions(place, segment).queryKey,
        (now) => now && { ...now, revision: body.revision },
      );
    },
    onError: () => kept.invalidateQueries({ queryKey: answersKey(place, segment) }),
    onSettled: () => {
      if (isLast()) void kept.invalidateQueries({ queryKey: suggestionsKey(place, segment) });
    },
  });
}

/** Whether answers are on their way. */
export const useIsAnswering = (place: Place, segment: string): boolean =>
  useIsMutating({ mutationKey: ["answer", place.project, place.dataset, segment] }) > 0;

/** What was accepted becomes the next version. */
export function useSaveAccepted(place: Place) {
  const changed = useSegmentsChanged(place);
  return useMutation({
    mutationFn: ({ segment, revision }: { segment: string; revision: number }) =>
      answer(
        client.POST(`${ROOT}/save`, {
          params: { path: { ...place, segment }, header: { "if-match": `"${revision}"` } },
        }),
      ),
    onSuccess: (body) => changed(body),
  });
}
