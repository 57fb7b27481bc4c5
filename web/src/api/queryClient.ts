/** How answers are kept. */

import { QueryClient } from "@tanstack/react-query";
import { ApiProblem } from "./problem";

/** Make the store of answers. Errors of the request are final; a server that does not answer is asked again. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
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
}
