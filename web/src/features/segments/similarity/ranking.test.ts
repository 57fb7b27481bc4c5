import { describe, expect, it } from "vitest";
import type { SuggestionBody } from "@/api/types";
import { classifierNeeds, nextShown, rankingWords, saveWords } from "./ranking";

const BODY: SuggestionBody = {
  items: ["a", "b"].map((id) => ({ id, frame_id: id, score: 0.9, distance: 0.1, nearest: "m" })),
  space: "s",
  model_id: "m",
  ranking: "nearest",
  classifier_is_ready: false,
  n_more_accepted: 2,
  n_more_discarded: 3,
  n_candidates: 10,
  n_accepted: 0,
  n_discarded: 0,
  segment_version: 1,
  dataset_version: 1,
};
const shown = (change: Partial<SuggestionBody> = {}, asked = "q") => ({
  asked,
  body: { ...BODY, ...change },
});

describe("nextShown", () => {
  const now = shown();
  const none = () => false;

  it("stays while something is open", () => {
    expect(nextShown(now, shown({ items: [] }), (id) => id === "a")).toBe(now);
  });

  it("goes on when all is answered", () => {
    const fresh = shown({ items: [] });
    expect(nextShown(now, fresh, () => true)).toBe(fresh);
  });

  it("waits for the next answer of the server when all is answered", () => {
    expect(nextShown(now, { asked: "q", body: now.body }, () => true)).toBe(now);
  });

  it("another question, another version: another ranking", () => {
    for (const fresh of [shown({}, "other"), shown({ segment_version: 2 }), shown({ dataset_version: 2 })])
      expect(nextShown(now, fresh, none)).toBe(fresh);
    expect(nextShown(null, now, none)).toBe(now);
  });
});

describe("words", () => {
  it("say what the classifier needs", () => {
    expect(classifierNeeds(BODY)).toBe("The classifier needs 2 more accepted and 3 more discarded.");
    expect(classifierNeeds({ ...BODY, n_more_accepted: 0 })).toBe("The classifier needs 3 more discarded.");
    expect(classifierNeeds({ ...BODY, classifier_is_ready: true })).toBe("");
  });

  it("say which ranking is on", () => {
    expect(rankingWords(BODY)).toMatch(/^Nearest first/);
    expect(rankingWords({ ranking: "classifier" })).toMatch(/^Likeliest first/);
  });

  it("say what saving does", () => {
    expect(saveWords(5, 1)).toBe("Save 5 accepted as version 2");
    expect(saveWords(0, 1)).toBe("Save accepted");
  });
});
