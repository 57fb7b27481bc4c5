/** Files from a drop or a file dialog, folders included. */

import type { NamedFile } from "@/api/uploads";
import { type Guess, isImage, recognise } from "./recognise";

const GLIMPSE_BYTES = 64 << 10;

/** Files chosen in a dialog; those of a folder keep their path. */
export function chosenFiles(list: FileList): NamedFile[] {
  return [...list].map((file) => ({ name: file.webkitRelativePath || file.name, file })).filter(isVisible);
}

/** Files dropped; folders are walked through. */
export async function droppedFiles(transfer: DataTransfer): Promise<NamedFile[]> {
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  if (entries.length === 0) return chosenFiles(transfer.files);
  const found = await Promise.all(entries.map((entry) => filesOf(entry, "")));
  return found.flat().filter(isVisible);
}

/** What a file seems to be, from its ends. */
export async function glimpseAt({ name, file }: NamedFile): Promise<Guess> {
  if (isImage(name)) return recognise({ name, head: "", tail: "" });
  const head = await file.slice(0, GLIMPSE_BYTES).text();
  return recognise({ name, head, tail: head.startsWith("PAR1") ? await footerOf(file) : "" });
}

/** The description of a Parquet file: its length stands in the eight last bytes. */
async function footerOf(file: File): Promise<string> {
  const end = new DataView(await file.slice(-8).arrayBuffer());
  const n_bytes = end.byteLength === 8 ? end.getUint32(0, true) : 0;
  return file.slice(Math.max(0, file.size - 8 - Math.min(n_bytes, GLIMPSE_BYTES)), -8).text();
}

async function filesOf(entry: FileSystemEntry, folder: string): Promise<NamedFile[]> {
  const name = `${folder}${entry.name}`;
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject),
    );
    return [{ name, file }];
  }
  const below = await entriesOf((entry as FileSystemDirectoryEntry).createReader());
  const found = await Promise.all(below.map((one) => filesOf(one, `${name}/`)));
  return found.flat();
}

/** A reader hands out entries in portions; an empty one is the last. */
async function entriesOf(reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> {
  const found: FileSystemEntry[] = [];
  for (;;) {
    const portion = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (portion.length === 0) return found;
    found.push(...portion);
  }
}

function isVisible({ name }: NamedFile): boolean {
  return !name.split("/").some((part) => part.startsWith("."));
}
