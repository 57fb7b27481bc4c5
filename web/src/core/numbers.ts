/** Numbers as people read them: three digits, signed differences, thousands; `null` is undefined, never 0. */

/** Stands where a number is undefined. */
export const UNDEFINED_NUMBER = "–";

const counts = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const bytes = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });

type Maybe = number | null | undefined;

/** A score in [0, 1] with three digits after the point: `0.877`; `1.000` only when it is 1 exactly. */
export function formatScore(value: Maybe): string {
  if (value === null || value === undefined || Number.isNaN(value)) return UNDEFINED_NUMBER;
  const text = value.toFixed(3);
  if (text === "1.000" && value < 1) return "0.999";
  return text;
}

/** A difference with its sign: `+0.012`, `−0.034`, `0.000`. */
export function formatDelta(value: Maybe): string {
  if (value === null || value === undefined || Number.isNaN(value)) return UNDEFINED_NUMBER;
  const text = Math.abs(value).toFixed(3);
  if (text === "0.000") return text;
  return value < 0 ? `−${text}` : `+${text}`;
}

/** An interval of scores: `0.870–0.883`. */
export function formatInterval(low: Maybe, high: Maybe): string {
  if (low === null || low === undefined || high === null || high === undefined) return UNDEFINED_NUMBER;
  return `${formatScore(low)}–${formatScore(high)}`;
}

/** A whole number with thousands: `19,875`; weighted counts keep one digit. */
export function formatCount(value: Maybe): string {
  if (value === null || value === undefined || Number.isNaN(value)) return UNDEFINED_NUMBER;
  if (!Number.isInteger(value)) return value.toLocaleString("en", { maximumFractionDigits: 1 });
  return counts.format(value);
}

/** Any number of metadata to about three digits: `38,500`, `47.1`, `0.00123`. */
export function formatNumber(value: Maybe): string {
  if (value === null || value === undefined || Number.isNaN(value)) return UNDEFINED_NUMBER;
  if (Number.isInteger(value)) return counts.format(value);
  if (Math.abs(value) >= 1000) return counts.format(value);
  return value.toLocaleString("en", { maximumSignificantDigits: 3 });
}

/** A share: `87.7%`. */
export function formatPercent(value: Maybe): string {
  if (value === null || value === undefined || Number.isNaN(value)) return UNDEFINED_NUMBER;
  if (value < 1 && value >= 0.9995) return "99.9%";
  const percent = value * 100;
  return `${Number.isInteger(percent) ? percent : percent.toFixed(1)}%`;
}

/** A distance of two vectors: `0.042`; `0` only when they are the same, `<0.001` when all but. */
export function formatDistance(value: Maybe): string {
  if (value === null || value === undefined || Number.isNaN(value)) return UNDEFINED_NUMBER;
  // Equal vectors may differ by what rounding leaves.
  if (Math.abs(value) < 1e-6) return "0";
  if (value < 0.001) return "<0.001";
  return value < 10 ? value.toFixed(3) : formatNumber(value);
}

/** A confidence or IoU as typed: `0.3`, `0.525`. */
export function formatThreshold(value: number): string {
  return String(Number(value.toFixed(3)));
}

/** Bytes: `1.2 MB`. */
export function formatBytes(n: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const step = n < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(n) / 3));
  return `${bytes.format(n / 1000 ** step)} ${units[step]}`;
}

/** A count with its noun: `1 frame`, `1,200 frames`. */
export function countOf(n: number, noun: string, plural = `${noun}s`): string {
  return `${counts.format(n)} ${n === 1 ? noun : plural}`;
}
