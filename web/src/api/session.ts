/** Signing in: a token for a cookie that scripts cannot read. */

import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { answer, client } from "./client";
import { keys } from "./keys";

export const sessionOptions = () =>
  queryOptions({
    queryKey: keys.session,
    queryFn: ({ signal }) => answer(client.GET("/api/v1/session", { signal })),
    staleTime: Number.POSITIVE_INFINITY,
  });

/** Whether the server asks for tokens, and whose token this browser signed in with. */
export const useSession = () => useQuery(sessionOptions());

const isAboutData = ({ queryKey }: { queryKey: readonly unknown[] }) => queryKey[0] !== keys.session[0];

/** Sign in; every answer that was kept is forgotten. */
export function useSignIn() {
  const kept = useQueryClient();
  return useMutation({
    mutationFn: (token: string) => answer(client.POST("/api/v1/session", { body: { token } })),
    onSuccess: (session) => {
      kept.removeQueries({ predicate: isAboutData });
      kept.setQueryData(keys.session, session);
    },
  });
}

/** Sign out; every answer that was kept is forgotten. */
export function useSignOut() {
  const kept = useQueryClient();
  return useMutation({
    mutationFn: () => answer(client.DELETE("/api/v1/session")),
    onSuccess: async () => {
      await kept.invalidateQueries({ queryKey: keys.session });
      kept.removeQueries({ predicate: isAboutData });
    },
  });
}
