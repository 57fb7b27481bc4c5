/** The upload that was begun and not read yet, remembered so that a reload of the page does not lose it. */

import type { NamedFile } from "@/api/uploads";
import type { Place } from "@/core/paths";
import { readStored, writeStored } from "@/state/stored";

/** An upload, and the files it is of. */
export interface Begun {
  readonly upload: string;
  readonly signature: string;
}

/** The same for the same files only: names, sizes and times of change. */
export function signatureOf(files: readonly NamedFile[]): string {
  let [low, high] = [0xdeadbeef, 0x41c6ce57];
  for (const { name, file } of files) {
    for (const letter of `${name} ${file.size} ${file.lastModified}\n`) {
      const code = letter.codePointAt(0) ?? 0;
      low = Math.imul(low ^ code, 2654435761);
      high = Math.imul(high ^ code, 1597334677);
    }
  }
  return `${files.length} ${(low >>> 0).toString(36)} ${(high >>> 0).toString(36)}`;
}

/** The upload of these files that was begun in this browser. */
export function begunUpload(place: Place, signature: string): string | undefined {
  const found = readStored(keyOf(place), isBegun);
  return found?.signature === signature ? found.upload : undefined;
}

/** Remember an upload; `null` forgets it. */
export function rememberUpload(place: Place, begun: Begun | null): void {
  writeStored(keyOf(place), begun);
}

const keyOf = ({ project, dataset }: Place) => `upload.${project}/${dataset}`;

function isBegun(value: unknown): value is Begun {
  return typeof value === "object" && value !== null && "upload" in value && "signature" in value;
}
