/** What a file is taken for: from its name and its first and last bytes. */

/** How a file is written. */
export type FileFormat = "coco" | "csv" | "parquet" | "jsonl" | "image_folder";

/** What a file brings: frames, labels, more fields, images, or one model's inferences. */
export type FileRole = "labels" | "frames" | "metadata" | "images" | "inferences";

/** Formats in the words people read. */
export const FORMATS: Readonly<Record<FileFormat, string>> = {
  coco: "COCO JSON",
  csv: "CSV",
  parquet: "Parquet",
  jsonl: "JSON lines",
  image_folder: "Images",
};

/** Roles in the words people read. */
export const ROLES: Readonly<Record<FileRole, string>> = {
  labels: "Labels",
  frames: "Frames",
  metadata: "Metadata",
  images: "Images",
  inferences: "Inferences",
};

/** What a file seems to be. */
export interface Guess {
  readonly format: FileFormat;
  readonly role: FileRole;
}

/** What can be known of a file without reading all of it. */
export interface Glimpse {
  readonly name: string;
  /** The first bytes as text. */
  readonly head: string;
  /** The last bytes as text: Parquet names its columns there. */
  readonly tail: string;
}

const IMAGE = /\.(jpe?g|png|webp|bmp|gif|tiff?)$/i;
const PACKED = /\.(gz|zst)$/i;
const BY_SUFFIX: readonly (readonly [RegExp, FileFormat])[] = [
  [/\.json$/i, "coco"],
  [/\.(csv|tsv)$/i, "csv"],
  [/\.parquet$/i, "parquet"],
  [/\.(jsonl|ndjson)$/i, "jsonl"],
];
const SUFFIX: Readonly<Record<Exclude<FileFormat, "image_folder">, string>> = {
  coco: ".json",
  csv: ".csv",
  parquet: ".parquet",
  jsonl: ".jsonl",
};
const CONFIDENCE = new Set(["confidence", "score", "scores", "conf", "probability", "prob"]);
const OBJECT = new Set(
  "class class_name class_id category category_name category_id label labels bbox objects annotations xmin x_center".split(
    " ",
  ),
);

/** Whether a file is an image by its name. */
export function isImage(name: string): boolean {
  return IMAGE.test(name);
}

/** Guess format and role of a file. */
export function recognise(glimpse: Glimpse): Guess {
  if (isImage(glimpse.name)) return { format: "image_folder", role: "images" };
  const format = formatOf(glimpse);
  if (format === "coco") return { format, role: cocoRole(glimpse.head) };
  const columns = columnWords(format, glimpse);
  if (columns.some((word) => CONFIDENCE.has(word))) return { format, role: "inferences" };
  return { format, role: columns.some((word) => OBJECT.has(word)) ? "labels" : "metadata" };
}

/** The name a file is staged under: its ending tells the server the format chosen here. */
export function stagedName(name: string, format: FileFormat): string {
  if (format === "image_folder") return name;
  const packed = PACKED.exec(name)?.[0] ?? "";
  const plain = packed ? name.slice(0, -packed.length) : name;
  const own = BY_SUFFIX.find(([suffix]) => suffix.test(plain))?.[1];
  const suits = own === format || (format === "jsonl" && own === "coco");
  return suits ? name : `${plain}${SUFFIX[format]}${packed}`;
}

/** A name for an inference set after its file: letters, digits, `_`, `.` and `-`. */
export function slugOf(name: string): string {
  const base = name.split("/").at(-1) ?? name;
  const plain = base.replace(PACKED, "").replace(/\.[a-z]+$/i, "");
  return plain.replace(/[^A-Za-z0-9_.-]+/g, "_").replace(/^_+|_+$/g, "") || "inferences";
}

/** Words that may be names of columns: CSV has them in its first line, Parquet at its end. */
function columnWords(format: FileFormat, { head, tail }: Glimpse): readonly string[] {
  const text = format === "parquet" ? tail : format === "csv" ? (head.split("\n", 1)[0] ?? "") : head;
  return (text.match(/\w+/g) ?? []).map((word) => word.toLowerCase());
}

function formatOf({ name, head }: Glimpse): FileFormat {
  const plain = name.replace(PACKED, "");
  const named = BY_SUFFIX.find(([suffix]) => suffix.test(plain))?.[1];
  if (named === "coco" && /^\s*\[\s*\{/.test(head) && !/"(image_id|category_id|annotations)"/.test(head))
    return "jsonl";
  if (named) return named;
  if (head.startsWith("PAR1")) return "parquet";
  if (/^\s*\{[^\n]*\}\s*\n\s*\{/.test(head)) return "jsonl";
  return /^\s*[[{]/.test(head) ? "coco" : "csv";
}

function cocoRole(head: string): FileRole {
  const hasScore = /"score"\s*:/.test(head);
  if (/^\s*\[/.test(head)) return hasScore || !/"bbox"/.test(head) ? "inferences" : "labels";
  return hasScore || /"(predictions|results)"\s*:/.test(head) ? "inferences" : "labels";
}
