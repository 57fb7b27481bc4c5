/** The files that were chosen so far, and what each is taken for. */

import { useCallback, useRef, useState } from "react";
import type { NamedFile } from "@/api/uploads";
import { glimpseAt } from "./gather";
import { imageSource, type SourceFile, sourceOf } from "./plan";
import { isImage } from "./recognise";

/** The files and ways to change them. */
export interface Sources {
  readonly sources: readonly SourceFile[];
  /** Add files; returns all sources there are then. */
  readonly add: (files: readonly NamedFile[]) => Promise<readonly SourceFile[]>;
  readonly change: (id: string, part: Partial<Pick<SourceFile, "format" | "role">>) => void;
  readonly remove: (id: string) => void;
  readonly clear: () => void;
}

/** Keep files; a table without objects makes frames where the dataset has none yet. */
export function useSources(isEmptyDataset: boolean): Sources {
  const [sources, setSources] = useState<readonly SourceFile[]>([]);
  const current = useRef(sources);
  const change = useCallback((to: (before: readonly SourceFile[]) => readonly SourceFile[]) => {
    current.current = to(current.current);
    setSources(current.current);
    return current.current;
  }, []);
  const add = useCallback(
    async (files: readonly NamedFile[]) => {
      const images = files.filter(({ name }) => isImage(name));
      const others = files.filter(({ name }) => !isImage(name));
      const fresh = await Promise.all(others.map(async (one) => sourceOf(one.file, await glimpseAt(one))));
      return change((before) => merged(before, fresh, images, isEmptyDataset));
    },
    [change, isEmptyDataset],
  );
  return {
    sources,
    add,
    change: (id, part) => change((now) => now.map((one) => (one.id === id ? { ...one, ...part } : one))),
    remove: (id) => change((now) => now.filter((one) => one.id !== id)),
    clear: () => change(() => []),
  };
}

/** The same file chosen again takes the place of the first; images join one folder. */
export function merged(
  before: readonly SourceFile[],
  fresh: readonly SourceFile[],
  images: readonly NamedFile[],
  isEmptyDataset: boolean,
): readonly SourceFile[] {
  const kept = before.filter((one) => one.role !== "images" && !fresh.some(({ id }) => id === one.id));
  const folder = before.find((one) => one.role === "images");
  const tables = [...kept, ...fresh];
  const hasFrames = tables.some(({ role }) => role === "labels" || role === "frames");
  const named = tables.map((one) =>
    one.role === "metadata" && isEmptyDataset && !hasFrames && fresh.includes(one)
      ? { ...one, role: "frames" as const }
      : one,
  );
  if (images.length === 0) return folder ? [...named, folder] : named;
  return [...named, imageSource(images)];
}
