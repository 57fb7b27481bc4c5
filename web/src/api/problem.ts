/** Errors of the server as one typed thing: what happened, and the way out. */

import type { ProblemBody, RowProblem } from "./types";

/** A problem body (RFC 9457), or its like when no server answered. */
export class ApiProblem extends Error {
  override readonly name = "ApiProblem";
  /** From the closed list of `docs/errors.md`; `unreachable` when no server answered. */
  readonly code: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly hint: string;
  readonly location: Readonly<Record<string, unknown>>;
  /** Rows of a rejected upload, at most fifty … */
  readonly problems: readonly RowProblem[];
  /** … of so many. */
  readonly total: number;

  constructor(body: ProblemBody) {
    super(body.detail);
    this.code = body.code;
    this.title = body.title;
    this.status = body.status;
    this.detail = body.detail;
    this.hint = body.hint ?? "";
    this.location = body.location ?? {};
    this.problems = body.problems ?? [];
    this.total = body.total ?? 0;
  }

  /** The character of the query at fault, for `query_syntax` and its kin. */
  get offset(): number | undefined {
    const offset = this.location.offset;
    return typeof offset === "number" ? offset : undefined;
  }
}

/** Make a problem of whatever an answer or an exception holds. */
export function problemOf(cause: unknown, status = 0): ApiProblem {
  if (cause instanceof ApiProblem) return cause;
  if (isProblemBody(cause)) return new ApiProblem(cause);
  if (status > 0) {
    return new ApiProblem({
      type: "",
      title: "Unexpected answer",
      status,
      code: "unexpected_answer",
      detail: `The server answered ${status} in a form this page does not know.`,
      hint: "Reload the page; it may be older than the server.",
    });
  }
  return new ApiProblem({
    type: "",
    title: "Server not reachable",
    status: 0,
    code: "unreachable",
    detail: "The Shoal server does not answer.",
    hint: "Start it with shoal serve, then try again.",
  });
}

function isProblemBody(value: unknown): value is ProblemBody {
  return (
    typeof value === "object" && value !== null && "code" in value && "detail" in value && "status" in value
  );
}
