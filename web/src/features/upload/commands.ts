/** The very same upload in Python and on the command line. */

import type { Place } from "@/core/paths";
import { coversOf, type SourceFile, type UploadOptions, usedSources } from "./plan";

/** Where the upload goes. */
export interface Target {
  readonly place: Place;
  /** The server's address. */
  readonly url: string;
}

/** A Python script. */
export function pythonCommand(
  sources: readonly SourceFile[],
  options: UploadOptions,
  { place, url }: Target,
): string {
  const { project, dataset } = place;
  const head = ["import shoal", "", `sh = shoal.connect(${py(url)})`];
  if (options.kind === "inferences") {
    const given = [py(options.name || "my_model"), ...inferenceArguments(sources, options, pyArgument)];
    return [
      ...head,
      `dataset = sh.project(${py(project)}).datasets[${py(dataset)}]`,
      call("dataset.inference_sets.upload", given),
    ].join("\n");
  }
  const given = [py(dataset), ...datasetArguments(sources, options, pyArgument)];
  return [...head, call(`sh.project(${py(project)}).datasets.upload`, given)].join("\n");
}

/** A shell command. */
export function shellCommand(
  sources: readonly SourceFile[],
  options: UploadOptions,
  { place, url }: Target,
): string {
  const { project, dataset } = place;
  const isInferences = options.kind === "inferences";
  const parts = isInferences
    ? [
        `shoal upload inferences ${sh(options.name || "my_model")}`,
        ...inferenceArguments(sources, options, shArgument),
      ]
    : [`shoal upload dataset ${sh(dataset)}`, ...datasetArguments(sources, options, shArgument)];
  if (isInferences) parts.push(`--dataset ${sh(dataset)}`);
  parts.push(`--project ${sh(project)}`, `--url ${sh(url)}`);
  return parts.join(" \\\n  ");
}

type Argument = (name: string, value: string | true) => string;

function datasetArguments(
  sources: readonly SourceFile[],
  options: UploadOptions,
  argument: Argument,
): string[] {
  const given: string[] = [];
  for (const source of usedSources(sources, "dataset")) {
    const name = source.role === "labels" && source.format === "coco" ? "coco" : source.role;
    given.push(argument(name, source.role === "images" ? `${source.name}/` : source.name));
  }
  if (given.length === 0) given.push(argument("coco", "labels.json"), argument("images", "images/"));
  if (options.frameIdFrom !== "file_name") given.push(argument("frame_id_from", options.frameIdFrom));
  given.push(...boxArguments(options, argument));
  if (options.keepOthers) given.push(argument("mode", "upsert"));
  if (options.note.trim()) given.push(argument("note", options.note.trim()));
  return given;
}

function inferenceArguments(
  sources: readonly SourceFile[],
  options: UploadOptions,
  argument: Argument,
): string[] {
  const source = usedSources(sources, "inferences")[0];
  const isTable = source !== undefined && source.format !== "coco";
  const table = argument === shArgument ? "file" : "inferences";
  const given = [argument(isTable ? table : "coco_results", source?.name ?? "results.json")];
  if (options.covers !== "dataset") given.push(argument("covers", coversOf(options)));
  given.push(...boxArguments(options, argument));
  if (options.keepOthers) given.push(argument("mode", "extend"));
  return given;
}

function boxArguments(options: UploadOptions, argument: Argument): string[] {
  const given: string[] = [];
  if (options.boxFormat !== "auto") given.push(argument("box_format", options.boxFormat));
  if (options.normalised) given.push(argument("normalised", true));
  if (options.addClasses) given.push(argument("add_classes", true));
  return given;
}

const pyArgument: Argument = (name, value) => `${name}=${value === true ? "True" : py(value)}`;

const shArgument: Argument = (name, value) => {
  const option = `--${name.replaceAll("_", "-")}`;
  return value === true ? option : `${option} ${sh(value)}`;
};

function call(name: string, given: readonly string[]): string {
  const line = `${name}(${given.join(", ")})`;
  return line.length <= 60 ? line : `${name}(\n    ${given.join(",\n    ")},\n)`;
}

/** A Python text: JSON's escapes are Python's. */
function py(text: string): string {
  return JSON.stringify(text);
}

function sh(text: string): string {
  return /^[A-Za-z0-9_./:@=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
