/** Where files are dropped or chosen. */

import { Button } from "@mantine/core";
import { type DragEvent, useRef, useState } from "react";
import type { NamedFile } from "@/api/uploads";
import { IconUpload } from "@/ui/icons";
import { chosenFiles, droppedFiles } from "./gather";
import classes from "./UploadPage.module.css";

interface DropZoneProps {
  readonly isDisabled: boolean;
  /** Some files are there already: the zone makes itself small. */
  readonly isSmall: boolean;
  readonly onFiles: (files: readonly NamedFile[]) => void;
}

/** The zone; its buttons do the same without a mouse. */
export function DropZone({ isDisabled, isSmall, onFiles }: DropZoneProps) {
  const [isOver, setIsOver] = useState(false);
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const drop = async (event: DragEvent) => {
    event.preventDefault();
    setIsOver(false);
    if (isDisabled) return;
    const found = await droppedFiles(event.dataTransfer);
    if (found.length) onFiles(found);
  };
  const choose = (input: HTMLInputElement) => {
    const found = input.files ? chosenFiles(input.files) : [];
    if (found.length) onFiles(found);
    // The same file can be chosen again after it was mended.
    input.value = "";
  };
  return (
    <section
      className={classes.zone}
      aria-label="Files to upload"
      data-over={isOver || undefined}
      data-small={isSmall || undefined}
      onDragOver={(event) => {
        event.preventDefault();
        setIsOver(true);
      }}
      onDragLeave={() => setIsOver(false)}
      onDrop={(event) => void drop(event)}
    >
      <IconUpload size={isSmall ? 16 : 24} />
      <div className={classes.zoneTitle}>
        {isSmall ? "Drop more files here" : "Drop files or a folder of images here"}
      </div>
      {isSmall ? null : (
        <div className={classes.dim}>
          COCO labels or results, tables as CSV, Parquet or JSON lines, images, a table of metadata
        </div>
      )}
      <div className={classes.buttons}>
        <Button variant="default" disabled={isDisabled} onClick={() => files.current?.click()}>
          Choose files
        </Button>
        <Button variant="default" disabled={isDisabled} onClick={() => folder.current?.click()}>
          Choose a folder
        </Button>
      </div>
      <input
        ref={files}
        type="file"
        multiple
        hidden
        aria-label="Files"
        onChange={(event) => choose(event.currentTarget)}
      />
      <input
        ref={folder}
        type="file"
        multiple
        hidden
        aria-label="Folder"
        {...{ webkitdirectory: "" }}
        onChange={(event) => choose(event.currentTarget)}
      />
    </section>
  );
}
