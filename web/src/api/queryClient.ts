/** How answers are kept. */

import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { keys } from "./keys";
import { ApiProblem } from "./problem";

/** Make the store of answers. Errors of the request are final; a server that does not answer is asked again. */
export function createQueryClient(): QueryClient {
  // A token that has been revoked shows at whatever is asked next; the page then asks for another.
  const onError = (problem: unknown, { queryKey }: { readonly queryKey?: readonly unknown[] }) => {
    const isOfSession = queryKey?.[0] === keys.session[0];
    if (problem instanceof ApiProblem && problem.status === 401 && !isOfSession)
      void kept.invalidateQueries({ queryKey: keys.session });
  };
  const kept = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError: (problem) => onError(problem, {}) }),
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        gcTime: 5 * 60_000,
        refetchOnWindowFocus: false,
        retry: (failures, problem) => failures < 2 && problem instanceof ApiProblem && problem.status === 0,
        retryDelay: 500,
      },
    },
  });
  return kept;
}
