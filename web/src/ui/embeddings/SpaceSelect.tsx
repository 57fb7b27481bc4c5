/** Which embedding space, where there are several. */

import { Select } from "@mantine/core";
import type { EmbeddingSpaceBody } from "@/api/types";
import classes from "./embeddings.module.css";

/** The spaces to choose from and the chosen one. */
export interface SpaceSelectProps {
  readonly spaces: readonly EmbeddingSpaceBody[];
  readonly value: string | undefined;
  readonly onChange: (space: string) => void;
}

/** The choice; nothing where there is none to make. */
export function SpaceSelect({ spaces, value, onChange }: SpaceSelectProps) {
  if (spaces.length < 2) return null;
  return (
    <Select
      aria-label="Embedding space"
      leftSection={<span className={classes.lead}>Space</span>}
      leftSectionWidth={52}
      className={classes.choice}
      allowDeselect={false}
      data={spaces.map(({ name }) => name)}
      value={value ?? null}
      onChange={(name) => name && onChange(name)}
    />
  );
}
