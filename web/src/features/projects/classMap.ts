/** A class map while it is edited. */

import type { ClassBody } from "@/api/types";

/** One class as it is edited. */
export interface ClassDraft {
  /** Tells rows apart while names change. */
  readonly key: string;
  readonly name: string;
  /** A CSS colour, or empty for one by position. */
  readonly colour: string;
  /** What the model predicts it as; empty for its own name. */
  readonly trainName: string;
  /** Whether it takes part in evaluation as a train name. */
  readonly isEvaluated: boolean;
  readonly ignoreInEval: boolean;
  /** What the editor does not show. */
  readonly kept: Pick<ClassBody, "id" | "keypoint_names" | "skeleton">;
}

/** A class map as drafts. */
export function draftsOf(classes: readonly ClassBody[]): readonly ClassDraft[] {
  return classes.map((entry, place) => ({
    key: `${place}`,
    name: entry.name,
    colour: entry.color ? hexOf(entry.color) : "",
    trainName: entry.train_name ?? "",
    isEvaluated: entry.train_name !== "",
    ignoreInEval: entry.ignore_in_eval ?? false,
    kept: {
      id: entry.id ?? null,
      keypoint_names: entry.keypoint_names ?? [],
      skeleton: entry.skeleton ?? [],
    },
  }));
}

/** A new, empty row. */
export function emptyDraft(key: string): ClassDraft {
  return { key, name: "", colour: "", trainName: "", isEvaluated: true, ignoreInEval: false, kept: {} };
}

/** Drafts as a class map; a sentence when they cannot be saved. */
export function classesOf(drafts: readonly ClassDraft[]): ClassBody[] | string {
  const names = new Set<string>();
  const classes: ClassBody[] = [];
  for (const draft of drafts) {
    const name = draft.name.trim();
    if (!name) return "A class has no name; name it or take the row away.";
    if (names.has(name)) return `Two classes are called “${name}”.`;
    names.add(name);
    const color = rgbOf(draft.colour);
    if (draft.colour && !color)
      return `“${name}”: expected a colour such as #0f8fc4, found “${draft.colour}”.`;
    classes.push({
      ...draft.kept,
      name,
      color,
      train_name: draft.isEvaluated ? draft.trainName.trim() || null : "",
      ignore_in_eval: draft.ignoreInEval,
    });
  }
  return classes;
}

/** `#0f8fc4` of red, green, blue. */
export function hexOf(rgb: readonly number[]): string {
  return `#${rgb.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}

function rgbOf(hex: string): [number, number, number] | null {
  const parts = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(hex.trim());
  if (!parts) return null;
  return [1, 2, 3].map((place) => Number.parseInt(parts[place] ?? "0", 16)) as [number, number, number];
}

/** Names typed one a line or with commas. */
export function namesOf(text: string): string[] {
  const names = text.split(/[\n,]/).map((name) => name.trim());
  return [...new Set(names.filter(Boolean))];
}
