/** The geometry of a small trend. */

/** A trend ready to be drawn; `null` where there is nothing to draw. */
export interface SparkShape {
  /** An SVG path, broken where scores are undefined. */
  readonly path: string;
  readonly last: { readonly x: number; readonly y: number } | null;
  /** The height of the target's line. */
  readonly target: number | null;
}

const SMALLEST_RANGE = 0.1;

/** Lay scores out from left to right; the range is theirs and the target's, never less than a tenth. */
export function sparkShape(
  values: readonly (number | null)[],
  size: { readonly width: number; readonly height: number; readonly margin: number },
  target: number | null = null,
): SparkShape | null {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return null;
  const all = target === null ? known : [...known, target];
  const middle = (Math.min(...all) + Math.max(...all)) / 2;
  const range = Math.max(Math.max(...all) - Math.min(...all), SMALLEST_RANGE);
  const { width, height, margin } = size;
  const step = values.length > 1 ? (width - 2 * margin) / (values.length - 1) : 0;
  const xOf = (place: number) => round(values.length > 1 ? margin + place * step : width / 2);
  const yOf = (value: number) => round(height / 2 - ((value - middle) / range) * (height - 2 * margin));
  let path = "";
  let last: SparkShape["last"] = null;
  values.forEach((value, place) => {
    if (value === null) return;
    const isStart = place === 0 || values[place - 1] === null;
    last = { x: xOf(place), y: yOf(value) };
    path += `${isStart ? "M" : "L"}${last.x} ${last.y}`;
  });
  return { path, last, target: target === null ? null : yOf(target) };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
