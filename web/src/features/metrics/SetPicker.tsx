/** One inference set out of all. */

import { Select } from "@mantine/core";
import { useChosenSets } from "@/state/chosenSets";
import { oneLineOption } from "./oneLineOption";

interface SetPickerProps {
  readonly label: string;
  readonly value: string | undefined;
  readonly onChange: (name: string | undefined) => void;
  /** Leave this one out. */
  readonly except?: string | undefined;
  /** What choosing none is called; without it one must be chosen. */
  readonly none?: string;
}

/** The picker. */
export function SetPicker({ label, value, onChange, except, none }: SetPickerProps) {
  const { all } = useChosenSets();
  const names = all.map((set) => set.name).filter((name) => name !== except);
  return (
    <Select
      aria-label={label}
      w={200}
      searchable={names.length > 8}
      allowDeselect={false}
      renderOption={oneLineOption}
      value={value ?? (none ? "" : null)}
      onChange={(name) => onChange(name || undefined)}
      data={[
        ...(none ? [{ value: "", label: none }] : []),
        ...names.map((name) => ({ value: name, label: name })),
      ]}
    />
  );
}
