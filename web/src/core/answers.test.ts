import { describe, expect, it } from "vitest";
import { answered, nextOpen, turned } from "./answers";

describe("answered", () => {
  const before = { accepted: ["a", "b"], discarded: ["c"], revision: 3 };

  it("the last answer about an element holds, in order of answering", () => {
    expect(answered(before, { discard: ["a"], accept: ["d"] })).toEqual({
      accepted: ["b", "d"],
      discarded: ["c", "a"],
      revision: 3,
    });
  });

  it("forgets what is taken back", () => {
    expect(answered(before, { take_back: ["a", "c", "z"] })).toMatchObject({
      accepted: ["b"],
      discarded: [],
    });
  });
});

describe("turned", () => {
  it("answers, changes an answer, takes the same answer back", () => {
    expect(turned("a", undefined, "accepted")).toEqual({ accept: ["a"] });
    expect(turned("a", "accepted", "discarded")).toEqual({ discard: ["a"] });
    expect(turned("a", "discarded", "discarded")).toEqual({ take_back: ["a"] });
  });
});

describe("nextOpen", () => {
  const isAnswered = (id: string) => id === "b" || id === "d";

  it("goes on to what has no answer, round the end", () => {
    expect(nextOpen(["a", "b", "c", "d"], "a", isAnswered)).toBe("c");
    expect(nextOpen(["a", "b", "c", "d"], "c", isAnswered)).toBe("a");
  });

  it("stays nowhere when all are answered", () => {
    expect(nextOpen(["a", "b"], "a", () => true)).toBeNull();
    expect(nextOpen([], "a", isAnswered)).toBeNull();
  });
});
