/** From answers of the server to colours, shapes and words. */

import type { LegendEntry, MapColours } from "@/api/maps";
import { formatNumber } from "@/core/numbers";
import { fieldText } from "@/core/queries";
import { NO_VALUE, type Rgb, SHAPES, type Shape } from "@/render/scatter/points";

/** One colour of the map. */
export interface LegendRow {
  readonly label: string;
  readonly colour: Rgb;
  readonly shape: Shape;
  /** Selects these elements; `null` where no query can. */
  readonly query: string | null;
}

/** What every point is coloured by. */
export interface Colouring {
  /** A place in `rows`, or `NO_VALUE`. */
  readonly codes: Uint8Array;
  readonly rows: readonly LegendRow[];
  /** Selects the elements without a value. */
  readonly missingQuery: string | null;
}

/** What the colours stand for, as it is in the address: `field:weather`, `segments:split`, `outcome:v1`. */
export interface ColourChoice {
  readonly by: "field" | "segments" | "outcome";
  readonly name: string;
}

export function readColour(text: string | undefined): ColourChoice {
  const [by = "", ...rest] = (text ?? "").split(":");
  const name = rest.join(":");
  if ((by === "field" || by === "segments" || by === "outcome") && name) return { by, name };
  return { by: "field", name: "class" };
}

export function writeColour({ by, name }: ColourChoice): string | undefined {
  return by === "field" && name === "class" ? undefined : `${by}:${name}`;
}

/** Told apart in both schemes and by most colour-blind readers; shapes tell apart what follows. */
const DISTINCT = [
  "#0f8fc4",
  "#e08a00",
  "#0a9e74",
  "#d6489a",
  "#8a6fe0",
  "#d9532b",
  "#7a9a01",
  "#b07a3a",
  "#4a78d6",
  "#c23b5a",
  "#22a3a3",
  "#9a8b00",
].map(rgbOf);

/** From few to many: dark to bright, equal steps for the eye (after viridis). */
const RISING = ["#46327e", "#365c8d", "#277f8e", "#1fa187", "#4ac16d", "#9fda3a", "#e8d21d"].map(rgbOf);

const OUTCOMES: Readonly<Record<string, readonly [string, string, Shape]>> = {
  right: ["no errors", "#0a9e74", "circle"],
  true_positive: ["found", "#0a9e74", "circle"],
  false_negative: ["missed", "#d9532b", "triangle"],
  false_positive: ["false alarm", "#e08a00", "diamond"],
  confusion: ["confused", "#8a6fe0", "square"],
  several: ["several kinds", "#c23b5a", "cross"],
};

const OTHERS = rgbOf("#868e96");

/** Colour points. */
export function colouringOf(
  answer: MapColours,
  choice: ColourChoice,
  classColour: (name: string) => string,
): Colouring {
  const missingQuery =
    choice.by === "field" && choice.name !== "class" ? `NOT exists(${fieldText(choice.name)})` : null;
  if (answer.kind === "numbers") return { ...binned(answer, choice.name), missingQuery };
  const rows = answer.legend.map((entry, place) => rowOf(entry, place, choice, classColour));
  return { codes: answer.bytes, rows, missingQuery };
}

function rowOf(
  { value, query }: LegendEntry,
  place: number,
  choice: ColourChoice,
  classColour: (name: string) => string,
): LegendRow {
  const shape = SHAPES[place % SHAPES.length] as Shape;
  const own = query ?? null;
  if (value === null) return { label: "others", colour: OTHERS, shape: "circle", query: own };
  const word = String(value);
  const outcome = choice.by === "outcome" ? OUTCOMES[word] : undefined;
  if (outcome) return { label: outcome[0], colour: rgbOf(outcome[1]), shape: outcome[2], query: own };
  if (choice.by === "field" && choice.name === "class")
    return { label: word, colour: rgbOf(classColour(word)), shape, query: own };
  return { label: word || "(empty)", colour: DISTINCT[place % DISTINCT.length] as Rgb, shape, query: own };
}

/** Numbers in parts of about as many points each. */
function binned(answer: MapColours, field: string): { codes: Uint8Array; rows: readonly LegendRow[] } {
  const values = new Float32Array(answer.bytes.buffer);
  const edges = quantileEdges(values, RISING.length);
  const codes = new Uint8Array(values.length).fill(NO_VALUE);
  const nBins = edges.length - 1;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (!Number.isFinite(value)) continue;
    let bin = 0;
    while (bin < nBins - 1 && value >= (edges[bin + 1] as number)) bin += 1;
    codes[i] = bin;
  }
  const name = fieldText(field);
  const rows = Array.from({ length: nBins }, (_, bin): LegendRow => {
    const [low, high] = [edges[bin] as number, edges[bin + 1] as number];
    const isLast = bin === nBins - 1;
    const from = bin === 0 ? [] : [`${name} >= ${low}`];
    const to = isLast ? [] : [`${name} < ${high}`];
    return {
      label: `${formatNumber(low)} – ${formatNumber(high)}`,
      colour: RISING[Math.round((bin * (RISING.length - 1)) / Math.max(1, nBins - 1))] as Rgb,
      shape: "circle",
      query: [...from, ...to].join(" ") || `exists(${name})`,
    };
  });
  return { codes, rows };
}

/** Edges between parts of about equal size, to four digits; fewer parts where values repeat. */
export function quantileEdges(values: Float32Array, nParts: number): readonly number[] {
  const finite = values.filter((value) => Number.isFinite(value)).sort();
  if (finite.length === 0) return [];
  const last = finite.length - 1;
  const [low, high] = [finite[0] as number, finite[last] as number];
  // Where most values are the least one, that one is a part of its own.
  const above = finite.find((value) => value > low) ?? low;
  const inner = Array.from({ length: nParts - 1 }, (_, i) =>
    Math.max(above, finite[Math.round(((i + 1) * last) / nParts)] as number),
  );
  const edges = [...new Set(inner.map((edge) => Number(edge.toPrecision(4))))].filter((edge) => edge > low);
  return [Number(low.toPrecision(6)), ...edges, Number(high.toPrecision(6))];
}

/** `#rrggbb`, `#rgb` (as builds shorten it) or `rgb(r g b)` as numbers; grey for anything else. */
export function rgbOf(css: string): Rgb {
  const hex = /^#(?:([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})|([0-9a-f])([0-9a-f])([0-9a-f]))$/i.exec(
    css.trim(),
  );
  if (hex) {
    const digits = hex.slice(1).filter((part) => part !== undefined);
    return digits.map((part) => Number.parseInt(part.padEnd(2, part), 16)) as unknown as Rgb;
  }
  const parts = /^rgb\((.+)\)$/
    .exec(css.trim())?.[1]
    ?.split(/[\s,]+/)
    .map(Number);
  return parts?.length === 3 && parts.every(Number.isFinite) ? (parts as unknown as Rgb) : [134, 142, 150];
}
