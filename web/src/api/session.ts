/** Signing in: a token for a cookie that scripts cannot read. */

import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { answer, client } from "./client";
import { keys } from "./keys";
import { ApiProblem } from "./problem";

export const sessionOptions = () =>
  queryOptions({
    queryKey: keys.session,
    queryFn: ({ signal }) => answer(client.GET("/api/v1/session", { signal })),
    staleTime: Number.POSITIVE_INFINITY,
  });

/** Whether the server asks for tokens, and whose token this browser signed in with. */
export const useSession = () => useQuery(sessionOptions());

const isAboutData = ({ queryKey }: { queryKey: readonly unknown[] }) => queryKey[0] !== keys.session[0];

const NO_COOKIE = {
  type: "",
  title: "Not signed in",
  status: 0,
  code: "no_cookie",
  detail: "The token is good, but this browser did not keep the cookie that stands for it.",
  hint: "Allow cookies for this address, and open it by the same name and scheme each time.",
};

/** Sign in; every answer that was kept is forgotten. */
export function useSignIn() {
  const kept = useQueryClient();
  return useMutation({
    mutationFn: async (token: string) => {
      await answer(client.POST("/api/v1/session", { body: { token } }));
      const session = await answer(client.GET("/api/v1/session"));
      if (session.name === null) throw new ApiProblem(NO_COOKIE);
      return session;
    },
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
