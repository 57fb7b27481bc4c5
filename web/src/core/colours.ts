/** Colours of classes and of inference sets. */

/** Distinct in both schemes and for most colour-blind readers (after Okabe and Ito, and Paul Tol). */
const CLASS_COLOURS: readonly string[] = [
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
];

/** The class of misses and false alarms. */
export const BACKGROUND = "background";

const BACKGROUND_COLOUR = "#868e96";

/** What is needed of a class map. */
export interface ColouredClass {
  readonly name: string;
  readonly color?: readonly number[] | null;
}

/** A function from class name to CSS colour: the class map's own, else one of twelve by position. */
export function classColours(classes: readonly ColouredClass[]): (name: string) => string {
  const colours = new Map<string, string>();
  classes.forEach((entry, place) => {
    const own = entry.color && entry.color.length === 3 ? `rgb(${entry.color.join(" ")})` : undefined;
    colours.set(entry.name, own ?? nth(CLASS_COLOURS, place));
  });
  return (name) =>
    name === BACKGROUND ? BACKGROUND_COLOUR : (colours.get(name) ?? nth(CLASS_COLOURS, hash(name)));
}

const SET_COLOURS: readonly string[] = ["#5c6b7a", "#0f8fc4", "#e08a00", "#8a6fe0", "#0a9e74", "#d6489a"];

/** The colour of an inference set in charts, by its place in the order of upload. */
export function setColour(place: number): string {
  return nth(SET_COLOURS, place);
}

function nth(colours: readonly string[], place: number): string {
  return colours[place % colours.length] as string;
}

function hash(text: string): number {
  let value = 7;
  for (const character of text) value = (value * 31 + (character.codePointAt(0) ?? 0)) >>> 0;
  return value;
}
