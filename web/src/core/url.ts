/** The state of a view as search parameters, and back; what cannot be read is left out. */

import type { ElementKind } from "./selection";

/** One number for all inference sets, or a number by set. */
export type Threshold = number | Readonly<Record<string, number>>;

/** A score. */
export type Metric = "precision" | "recall" | "f1";

/** How classes are averaged; `class` means one class alone. */
export type Average = "weighted" | "macro" | "micro" | "class";

/** What the pages of a dataset share in their address; everything is optional. */
export interface ViewSearch {
  /** The query. */
  q?: string | undefined;
  /** Inference sets, in the order shown. */
  sets?: readonly string[] | undefined;
  /** The inference set others are compared with. */
  baseline?: string | undefined;
  /** Confidence threshold. */
  conf?: Threshold | undefined;
  /** IoU threshold. */
  iou?: Threshold | undefined;
  /** A segment. */
  segment?: string | undefined;
  elements?: ElementKind | undefined;
  /** A field; `-` in front for falling order. */
  sort?: string | undefined;
  metric?: Metric | undefined;
  average?: Average | undefined;
  /** A class. */
  class?: string | undefined;
  tab?: string | undefined;
  view?: string | undefined;
  /** What a single feature keeps in the address beside these. */
  extra?: Readonly<Record<string, string>> | undefined;
}

const ELEMENTS: readonly ElementKind[] = ["frames", "labels", "inferences"];
const METRICS: readonly Metric[] = ["precision", "recall", "f1"];
const AVERAGES: readonly Average[] = ["weighted", "macro", "micro", "class"];
const TEXTS = ["q", "baseline", "segment", "sort", "class", "tab", "view"] as const;
const KNOWN = new Set<string>([...TEXTS, "sets", "conf", "iou", "elements", "metric", "average"]);

/** Read search parameters. */
export function readView(text: string): ViewSearch {
  const params = new URLSearchParams(text);
  const view: ViewSearch = {};
  for (const name of TEXTS) {
    const value = params.get(name);
    if (value) view[name] = value;
  }
  const sets = params.get("sets")?.split(",").filter(Boolean);
  if (sets?.length) view.sets = sets;
  const conf = readThreshold(params.get("conf"));
  if (conf !== undefined) view.conf = conf;
  const iou = readThreshold(params.get("iou"));
  if (iou !== undefined) view.iou = iou;
  const elements = oneOf(ELEMENTS, params.get("elements"));
  if (elements) view.elements = elements;
  const metric = oneOf(METRICS, params.get("metric"));
  if (metric) view.metric = metric;
  const average = oneOf(AVERAGES, params.get("average"));
  if (average) view.average = average;
  const extra = [...params].filter(([name, value]) => !KNOWN.has(name) && value !== "");
  if (extra.length) view.extra = Object.fromEntries(extra);
  return view;
}

/** Write search parameters, with `?` unless there are none; the order is always the same. */
export function writeView(view: ViewSearch): string {
  const params = new URLSearchParams();
  const put = (name: string, value: string | undefined) => {
    if (value) params.set(name, value);
  };
  put("q", view.q);
  put("sets", view.sets?.join(","));
  put("baseline", view.baseline);
  put("conf", writeThreshold(view.conf));
  put("iou", writeThreshold(view.iou));
  for (const name of ["segment", "elements", "sort", "metric", "average", "class", "tab", "view"] as const) {
    put(name, view[name]);
  }
  for (const [name, value] of Object.entries(view.extra ?? {})) put(name, value);
  const text = params.toString().replaceAll("%3A", ":").replaceAll("%2C", ",").replaceAll("%2F", "/");
  return text ? `?${text}` : "";
}

/** The number that holds for one inference set. */
export function thresholdOf(threshold: Threshold | undefined, set: string): number | undefined {
  return typeof threshold === "object" ? threshold[set] : threshold;
}

/** `0.3`, or `v1:0.3,v2:0.45`. */
function readThreshold(text: string | null): Threshold | undefined {
  if (!text) return undefined;
  if (!text.includes(":")) return fraction(text);
  const bySet: Record<string, number> = {};
  for (const part of text.split(",")) {
    const colon = part.lastIndexOf(":");
    const value = fraction(part.slice(colon + 1));
    if (colon > 0 && value !== undefined) bySet[part.slice(0, colon)] = value;
  }
  return Object.keys(bySet).length ? bySet : undefined;
}

function writeThreshold(threshold: Threshold | undefined): string | undefined {
  if (threshold === undefined) return undefined;
  if (typeof threshold === "number") return String(threshold);
  return Object.entries(threshold)
    .map(([set, value]) => `${set}:${value}`)
    .join(",");
}

function fraction(text: string): number | undefined {
  const value = Number(text);
  return text.trim() !== "" && value >= 0 && value <= 1 ? value : undefined;
}

function oneOf<Word extends string>(words: readonly Word[], text: string | null): Word | undefined {
  return words.find((word) => word === text);
}
