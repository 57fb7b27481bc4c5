/** Where the image to search by is dropped, pasted or chosen, and shown afterwards. */

import { Button } from "@mantine/core";
import { useEffect, useMemo, useRef, useState } from "react";
import classes from "./similar.module.css";

interface ImageDropProps {
  readonly image: File | undefined;
  readonly onImage: (image: File) => void;
}

/** The zone; its button does the same without a mouse. */
export function ImageDrop({ image, onImage }: ImageDropProps) {
  const [isOver, setIsOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const preview = useMemo(() => (image ? URL.createObjectURL(image) : undefined), [image]);
  useEffect(() => () => (preview ? URL.revokeObjectURL(preview) : undefined), [preview]);
  useEffect(() => {
    const paste = (event: ClipboardEvent) => {
      const pasted = [...(event.clipboardData?.files ?? [])].find(({ type }) => type.startsWith("image/"));
      if (pasted) onImage(pasted);
    };
    window.addEventListener("paste", paste);
    return () => window.removeEventListener("paste", paste);
  }, [onImage]);
  const take = (files: FileList | null) => {
    if (files?.[0]) onImage(files[0]);
  };
  return (
    <section
      className={classes.drop}
      aria-label="Image to search by"
      data-over={isOver || undefined}
      onDragOver={(event) => {
        event.preventDefault();
        setIsOver(true);
      }}
      onDragLeave={() => setIsOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setIsOver(false);
        take(event.dataTransfer.files);
      }}
    >
      {preview ? (
        <img className={classes.preview} src={preview} alt={image?.name ?? ""} />
      ) : (
        <span className={classes.quiet}>Drop or paste an image</span>
      )}
      <Button variant="default" size="xs" onClick={() => input.current?.click()}>
        {image ? "Another image" : "Choose an image"}
      </Button>
      <input
        ref={input}
        type="file"
        accept="image/*"
        hidden
        aria-label="Image"
        onChange={(event) => {
          take(event.currentTarget.files);
          // The same file can be chosen again.
          event.currentTarget.value = "";
        }}
      />
    </section>
  );
}
