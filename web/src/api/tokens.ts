/** Tokens: what lets people and programs in from other machines. */

import { queryOptions, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { answer, client } from "./client";
import { keys } from "./keys";
import type { TokenCreate } from "./types";

export const tokensOptions = () =>
  queryOptions({
    queryKey: keys.tokens,
    queryFn: async ({ signal }) => (await answer(client.GET("/api/v1/tokens", { signal }))).items,
  });

/** All tokens by name, without their secrets. */
export const useTokens = () => useQuery(tokensOptions());

/** Make a token; its secret is in the answer and nowhere else. */
export function useCreateToken() {
  const kept = useQueryClient();
  return useMutation({
    mutationFn: (body: TokenCreate) => answer(client.POST("/api/v1/tokens", { body })),
    onSuccess: () => kept.invalidateQueries({ queryKey: keys.tokens }),
  });
}

/** Revoke a token. */
export function useRevokeToken() {
  const kept = useQueryClient();
  return useMutation({
    mutationFn: (token: string) =>
      answer(client.DELETE("/api/v1/tokens/{token}", { params: { path: { token } } })),
    onSuccess: () => kept.invalidateQueries({ queryKey: keys.tokens }),
  });
}
