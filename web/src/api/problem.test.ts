import { describe, expect, test } from "vitest";
import { answer } from "./client";
import { ApiProblem, problemOf } from "./problem";

const BODY = {
  type: "/api/docs/errors#query_syntax",
  title: "Query syntax",
  status: 422,
  code: "query_syntax",
  detail: "Expected a value at character 34, found '='.",
  hint: "Equality is one =.",
  location: { offset: 34 },
};

describe("an error", () => {
  test("of the server carries its way out", async () => {
    const failed = answer(Promise.resolve({ error: BODY, response: new Response(null, { status: 422 }) }));
    await expect(failed).rejects.toBeInstanceOf(ApiProblem);
    await expect(failed).rejects.toMatchObject({
      code: "query_syntax",
      hint: "Equality is one =.",
      offset: 34,
    });
  });

  test("of the connection says how to start the server", async () => {
    const failed = answer(Promise.reject(new TypeError("Failed to fetch")));
    await expect(failed).rejects.toMatchObject({
      code: "unreachable",
      status: 0,
      hint: expect.stringContaining("shoal serve"),
    });
  });

  test("in a form nobody knows is told as such", () => {
    expect(problemOf("<html>", 502)).toMatchObject({ code: "unexpected_answer", status: 502 });
  });

  test("that is a cancellation stays one", async () => {
    const stopped = new DOMException("stopped", "AbortError");
    await expect(answer(Promise.reject(stopped))).rejects.toBe(stopped);
  });

  test("without an answer's body is none: deletions answer 204", async () => {
    await expect(
      answer(Promise.resolve({ response: new Response(null, { status: 204 }) })),
    ).resolves.toBeUndefined();
  });
});
