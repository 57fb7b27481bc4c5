/** The files chosen so far: what each is taken for can be changed. */

import { ActionIcon, Select } from "@mantine/core";
import { countOf, formatBytes } from "@/core/numbers";
import { type Column, DataTable } from "@/ui/DataTable";
import { IconTrash } from "@/ui/icons";
import { Section } from "@/ui/Page";
import { type SourceFile, type UploadKind, usedSources } from "./plan";
import { type FileFormat, type FileRole, FORMATS, ROLES } from "./recognise";
import classes from "./UploadPage.module.css";

const FORMAT_OPTIONS = (["coco", "csv", "parquet", "jsonl"] as const).map((value) => ({
  value,
  label: FORMATS[value],
}));
const ROLE_OPTIONS = (["labels", "frames", "metadata", "inferences"] as const).map((value) => ({
  value,
  label: ROLES[value],
}));

interface SourceListProps {
  readonly sources: readonly SourceFile[];
  readonly kind: UploadKind;
  readonly isDisabled: boolean;
  readonly onChange: (id: string, part: Partial<Pick<SourceFile, "format" | "role">>) => void;
  readonly onRemove: (id: string) => void;
}

/** The list. */
export function SourceList({ sources, kind, isDisabled, onChange, onRemove }: SourceListProps) {
  const used = usedSources(sources, kind);
  const columns: readonly Column<SourceFile>[] = [
    {
      key: "name",
      head: "File",
      cell: (source) => (
        <div className={`${classes.fileName} one-line`} title={source.name}>
          {source.name}
          {source.role === "images" ? "/" : ""}
          {used.includes(source) ? null : <span className={classes.unused}> · left out now</span>}
        </div>
      ),
    },
    {
      key: "size",
      head: "Size",
      isNumber: true,
      cell: (source) =>
        source.role === "images"
          ? `${countOf(source.files.length, "image")}, ${formatBytes(source.n_bytes)}`
          : formatBytes(source.n_bytes),
    },
    {
      key: "format",
      head: "Format",
      cell: (source) =>
        source.role === "images" ? (
          FORMATS.image_folder
        ) : (
          <Select
            aria-label={`Format of ${source.name}`}
            data={FORMAT_OPTIONS}
            value={source.format}
            allowDeselect={false}
            disabled={isDisabled}
            onChange={(format) => format && onChange(source.id, { format: format as FileFormat })}
          />
        ),
    },
    {
      key: "role",
      head: "Holds",
      cell: (source) =>
        source.role === "images" ? (
          ROLES.images
        ) : (
          <Select
            aria-label={`What ${source.name} holds`}
            data={ROLE_OPTIONS}
            value={source.role}
            allowDeselect={false}
            disabled={isDisabled}
            onChange={(role) => role && onChange(source.id, { role: role as FileRole })}
          />
        ),
    },
    {
      key: "actions",
      head: <span className="visually-hidden">Actions</span>,
      cell: (source) => (
        <ActionIcon
          aria-label={`Remove ${source.name}`}
          disabled={isDisabled}
          onClick={() => onRemove(source.id)}
        >
          <IconTrash size={16} />
        </ActionIcon>
      ),
    },
  ];
  return (
    <Section name="Files">
      <div className={classes.scroll}>
        <DataTable label="Files" columns={columns} rows={sources} rowKey={({ id }) => id} />
      </div>
    </Section>
  );
}
