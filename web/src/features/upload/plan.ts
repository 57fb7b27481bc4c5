/** What is to be uploaded, and the requests that ask for it. */

import type { DatasetIngest, FileRef, InferenceIngest } from "@/api/types";
import type { NamedFile } from "@/api/uploads";
import { type FileFormat, type FileRole, type Guess, slugOf, stagedName } from "./recognise";

/** One file, or one folder of images. */
export interface SourceFile {
  readonly id: string;
  /** As shown: the file's name, or the folder's. */
  readonly name: string;
  readonly n_bytes: number;
  readonly files: readonly NamedFile[];
  readonly format: FileFormat;
  readonly role: FileRole;
}

/** A dataset's frames and labels, or one model's inferences. */
export type UploadKind = "dataset" | "inferences";

/** How four numbers make a box. */
export type BoxFormat = "auto" | "xywh" | "xyxy" | "cxcywh";

/** What is chosen beside the files. */
export interface UploadOptions {
  readonly kind: UploadKind;
  /** Of the inference set. */
  readonly name: string;
  readonly boxFormat: BoxFormat;
  readonly normalised: boolean;
  readonly addClasses: boolean;
  /** Other frames (of the dataset, or covered by the set) stay as they are. */
  readonly keepOthers: boolean;
  readonly frameIdFrom: "file_name" | "path" | "id";
  readonly covers: "dataset" | "listed" | "query";
  readonly coversQuery: string;
  readonly note: string;
}

export const START_OPTIONS: UploadOptions = {
  kind: "dataset",
  name: "",
  boxFormat: "auto",
  normalised: false,
  addClasses: false,
  keepOthers: false,
  frameIdFrom: "file_name",
  covers: "dataset",
  coversQuery: "",
  note: "",
};

/** The folder all images are staged under. */
export const IMAGE_FOLDER = "images";

/** A source made of one file. */
export function sourceOf(file: File, guess: Guess): SourceFile {
  return {
    id: `${file.name} ${file.size}`,
    name: file.name,
    n_bytes: file.size,
    files: [{ name: file.name, file }],
    ...guess,
  };
}

/** Images as one folder; the path below the common folder becomes the name. */
export function imageSource(images: readonly NamedFile[]): SourceFile {
  const roots = new Set(
    images.map(({ name }) => (name.includes("/") ? name.slice(0, name.indexOf("/")) : "")),
  );
  const [root = ""] = roots.size === 1 ? [...roots] : [""];
  const files = images.map(({ name, file }) => ({ name: root ? name.slice(root.length + 1) : name, file }));
  const n_bytes = files.reduce((sum, { file }) => sum + file.size, 0);
  return {
    id: `folder ${root}`,
    name: root || IMAGE_FOLDER,
    n_bytes,
    files,
    format: "image_folder",
    role: "images",
  };
}

/** What is wrong with a plan, in a sentence; `null` when it can be tried. */
export function planFault(sources: readonly SourceFile[], options: UploadOptions): string | null {
  const used = usedSources(sources, options.kind);
  if (options.kind === "inferences") {
    if (used.length === 0) return "Choose the file that holds the inferences.";
    if (used.length > 1) return "An inference set comes from one file; take the others away.";
    if (!/^\.*[A-Za-z0-9_-][A-Za-z0-9_.-]*$/.test(options.name)) {
      return "Name the inference set with letters, digits, “_”, “.” and “-”.";
    }
    if (options.covers === "query" && !options.coversQuery.trim())
      return "Say by a query which frames the model was run on.";
    return null;
  }
  if (used.length === 0) return "Choose a file of labels or frames, or a folder of images.";
  for (const role of ["labels", "frames", "metadata", "images"] as const) {
    if (used.filter((source) => source.role === role).length > 1)
      return `Two sources are marked as ${role}; keep one.`;
  }
  const labels = used.find((source) => source.role === "labels");
  if (labels?.format === "coco" && used.some((source) => source.role === "frames")) {
    return "A COCO file holds its frames; mark the table beside it as metadata.";
  }
  return null;
}

/** The sources a kind of upload reads. */
export function usedSources(sources: readonly SourceFile[], kind: UploadKind): readonly SourceFile[] {
  return sources.filter((source) => (source.role === "inferences") === (kind === "inferences"));
}

/** The files to stage, under the names the server reads them by. */
export function stagedFiles(sources: readonly SourceFile[], kind: UploadKind): readonly NamedFile[] {
  return usedSources(sources, kind).flatMap((source) =>
    source.files.map(({ name, file }) => ({ name: placeOf(source, name), file })),
  );
}

/** The request that reads a staged dataset. */
export function datasetIngest(
  sources: readonly SourceFile[],
  options: UploadOptions,
  upload: string,
): DatasetIngest {
  const ingest: DatasetIngest = {
    frame_id_from: options.frameIdFrom,
    box_format: options.boxFormat,
    normalised: options.normalised,
    add_classes: options.addClasses,
    mode: options.keepOthers ? "upsert" : "replace",
    note: options.note.trim(),
  };
  for (const source of usedSources(sources, "dataset")) {
    const reference = refOf(source, upload);
    if (source.role === "labels") Object.assign(ingest, { labels: reference, labels_format: source.format });
    else Object.assign(ingest, { [source.role]: reference });
  }
  return ingest;
}

/** The request that reads a staged inference set. */
export function inferenceIngest(
  sources: readonly SourceFile[],
  options: UploadOptions,
  upload: string,
): InferenceIngest & { name: string } {
  const source = usedSources(sources, "inferences")[0];
  if (!source) throw new Error("An inference set needs a file.");
  return {
    name: options.name,
    inferences: refOf(source, upload),
    format: source.format,
    covers: coversOf(options),
    box_format: options.boxFormat,
    normalised: options.normalised,
    add_classes: options.addClasses,
    mode: options.keepOthers ? "extend" : "replace",
  };
}

/** `dataset`, `listed` or `query:…`. */
export function coversOf(options: UploadOptions): string {
  return options.covers === "query" ? `query:${options.coversQuery.trim()}` : options.covers;
}

/** A name for the inference set after the first file of inferences. */
export function suggestedName(sources: readonly SourceFile[]): string {
  const source = usedSources(sources, "inferences")[0];
  return source ? slugOf(source.name) : "";
}

function refOf(source: SourceFile, upload: string): FileRef {
  if (source.role === "images") return { upload, path: IMAGE_FOLDER };
  return { upload, path: placeOf(source, source.name), n_bytes: source.n_bytes };
}

function placeOf(source: SourceFile, name: string): string {
  return source.role === "images" ? `${IMAGE_FOLDER}/${name}` : stagedName(name, source.format);
}
