/** The scale of a trend chart. */

/** A range of scores with round ends, and the ticks in it. */
export interface Scale {
  readonly from: number;
  readonly to: number;
  readonly ticks: readonly number[];
}

const STEPS = [0.01, 0.02, 0.05, 0.1, 0.2, 0.25];
const MOST_TICKS = 5;

/** A scale that holds all scores, with ends on ticks; never narrower than five hundredths. */
export function scoreScale(values: readonly number[]): Scale {
  const low = Math.max(0, Math.min(...values, 1));
  const high = Math.min(1, Math.max(...values, 0));
  const [bottom, top] = low <= high ? [low, high] : [0, 1];
  for (const step of STEPS) {
    const most = Math.round(1 / step);
    const fewest = Math.ceil(0.05 / step - 1e-9);
    const from = Math.min(Math.max(0, Math.floor(bottom / step + 1e-9)), most - fewest);
    const to = Math.min(most, Math.max(from + fewest, Math.ceil(top / step - 1e-9)));
    if (to - from < MOST_TICKS || step === STEPS.at(-1)) {
      const ticks = Array.from({ length: to - from + 1 }, (_, place) =>
        Number(((from + place) * step).toFixed(2)),
      );
      return { from: ticks[0] ?? 0, to: ticks.at(-1) ?? 1, ticks };
    }
  }
  return { from: 0, to: 1, ticks: [0, 0.5, 1] };
}
