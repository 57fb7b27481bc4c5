/** Verdicts as shape + word + tone; the colour is never alone. */

/** What a verdict may say of a score, against its target or against the baseline. */
export type VerdictName =
  | "pass"
  | "fail"
  | "improved"
  | "regressed"
  | "not_worse"
  | "inconclusive"
  | "not_evaluable";

/** How loud a verdict is: the CSS colour tokens `--tone-…`. */
export type Tone = "good" | "bad" | "unsure" | "quiet";

/** How a verdict is shown. */
export interface VerdictLook {
  readonly shape: string;
  readonly word: string;
  readonly tone: Tone;
  /** One sentence for tooltips. */
  readonly meaning: string;
}

export const VERDICTS: Readonly<Record<VerdictName, VerdictLook>> = {
  pass: { shape: "✓", word: "pass", tone: "good", meaning: "The target is met." },
  fail: { shape: "✗", word: "fail", tone: "bad", meaning: "The target is missed." },
  improved: {
    shape: "▲",
    word: "improved",
    tone: "good",
    meaning: "Better than the baseline, beyond chance.",
  },
  regressed: {
    shape: "▼",
    word: "regressed",
    tone: "bad",
    meaning: "Worse than the baseline, beyond chance.",
  },
  not_worse: {
    shape: "=",
    word: "not worse",
    tone: "quiet",
    meaning: "Surely not worse than the baseline by more than the margin.",
  },
  inconclusive: {
    shape: "≈",
    word: "inconclusive",
    tone: "unsure",
    meaning: "The frames cannot tell: too few, or too close.",
  },
  not_evaluable: {
    shape: "–",
    word: "not evaluable",
    tone: "quiet",
    meaning: "There is nothing to judge by.",
  },
};

/** Worst first: the order for sorting and for picking the verdict of a group. */
const SEVERITY: readonly VerdictName[] = [
  "fail",
  "regressed",
  "inconclusive",
  "not_evaluable",
  "not_worse",
  "improved",
  "pass",
];

/** Compare by severity, worst first. */
export function compareVerdicts(a: VerdictName, b: VerdictName): number {
  return SEVERITY.indexOf(a) - SEVERITY.indexOf(b);
}

/** The verdict of a gate or of all targets together. */
export function overallVerdict(passed: boolean | null): VerdictName {
  if (passed === null) return "inconclusive";
  return passed ? "pass" : "fail";
}
