/** The one way to the server. */

import createClient from "openapi-fetch";
import { problemOf } from "./problem";
import type { paths } from "./schema";

/** Typed calls; wrap each in `answer`. */
export const client = createClient<paths>({
  baseUrl: typeof location === "undefined" ? "" : location.origin,
});

interface Result<Data> {
  data?: Data;
  error?: unknown;
  response: Response;
}

/** The body of a call; throws an `ApiProblem` when it failed, passes cancellation on. */
export async function answer<Data>(call: Promise<Result<Data>>): Promise<Data> {
  let result: Result<Data>;
  try {
    result = await call;
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw problemOf(cause);
  }
  if (!result.response.ok) throw problemOf(result.error, result.response.status);
  return result.data as Data;
}
