/** New segments: from a query, or one per value of a field. */

import { Alert, Button, Group, Modal, Select, Stack, TextInput } from "@mantine/core";
import { useState } from "react";
import { useDataset } from "@/api/datasets";
import { useCreateSegment, useCreateSegmentPerValue } from "@/api/segments";
import { useCount, useFacets } from "@/api/selections";
import { countOf, formatCount } from "@/core/numbers";
import { type Place, pagePath, segmentPath } from "@/core/paths";
import { SEGMENT_TYPES, type SegmentType, segmentType } from "@/core/segments";
import { QueryBar } from "@/ui/QueryBar";
import { InlineProblem } from "@/ui/States";
import { useToasts } from "@/ui/Toasts";
import classes from "./CreateSegment.module.css";

interface DialogProps {
  readonly place: Place;
  readonly opened: boolean;
  readonly onClose: () => void;
}

const TYPES = [
  { group: "Model Performance", items: optionsOf(true) },
  { group: "Other segments", items: optionsOf(false) },
];

function optionsOf(isModelPerformance: boolean) {
  return SEGMENT_TYPES.filter((look) => look.isModelPerformance === isModelPerformance).map(
    ({ type, name }) => ({
      value: type,
      label: name,
    }),
  );
}

/** A segment of what a query selects. */
export function CreateFromQuery({ place, opened, onClose }: DialogProps) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="Create segment"
      size="lg"
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <QueryForm place={place} onClose={onClose} />
    </Modal>
  );
}

function QueryForm({ place, onClose }: { place: Place; onClose: () => void }) {
  const [name, setName] = useState("");
  const [type, setType] = useState<SegmentType>("scenario");
  const [query, setQuery] = useState("");
  const counted = useCount(place, { selection: { query }, elements: "frames" });
  const create = useCreateSegment(place);
  const { tell } = useToasts();
  const save = () =>
    create.mutate(
      { name: name.trim(), type, selection: { query } },
      {
        onSuccess: (segment) => {
          tell({
            text: `Made the ${segmentType(segment.type).name} “${segment.name}” with ${countOf(segment.n_elements, "frame")}.`,
            href: segmentPath(place, segment.name),
            link: "Open segment",
          });
          onClose();
        },
      },
    );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <Stack gap="md">
        <TextInput
          label="Name"
          value={name}
          maxLength={256}
          onChange={(event) => setName(event.currentTarget.value)}
          data-autofocus
        />
        <TypeChoice value={type} onChange={setType} />
        <div className={classes.query}>
          <span className={classes.label}>Frames</span>
          <QueryBar place={place} value={query} onChange={setQuery} />
        </div>
        {create.error ? <InlineProblem error={create.error} /> : null}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={create.isPending} disabled={!name.trim() || !counted.data?.count}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** A segment for each value of a field. */
export function CreatePerValue({ place, opened, onClose }: DialogProps) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="One segment per value of a field"
      size="lg"
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <PerValueForm place={place} onClose={onClose} />
    </Modal>
  );
}

function PerValueForm({ place, onClose }: { place: Place; onClose: () => void }) {
  const { data: dataset } = useDataset(place);
  const [field, setField] = useState<string | null>(null);
  const [type, setType] = useState<SegmentType>("split");
  const [prefix, setPrefix] = useState("");
  const create = useCreateSegmentPerValue(place);
  const { tell } = useToasts();
  const save = () =>
    create.mutate(
      { field: field ?? "", type, prefix },
      {
        onSuccess: (segments) => {
          tell({
            text: `Made ${countOf(segments.length, segmentType(type).name, segmentType(type).plural)}.`,
            href: pagePath(place, "segments"),
            link: "See segments",
          });
          onClose();
        },
      },
    );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <Stack gap="md">
        <Select
          label="Field"
          placeholder="Choose a field"
          data={(dataset?.fields ?? []).map(({ name }) => name)}
          value={field}
          onChange={setField}
          searchable
        />
        <TypeChoice value={type} onChange={setType} />
        <TextInput
          label="Name begins with"
          placeholder="Nothing; the value is the name"
          value={prefix}
          onChange={(event) => setPrefix(event.currentTarget.value)}
        />
        {field ? <ValuePreview place={place} field={field} prefix={prefix} /> : null}
        {create.error ? <InlineProblem error={create.error} /> : null}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={create.isPending} disabled={!field}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

const PREVIEWED = 8;
const MANY = 50;

function ValuePreview({ place, field, prefix }: { place: Place; field: string; prefix: string }) {
  const { data } = useFacets(place, { fields: [field] });
  const facet = data?.items.find((item) => item.field === field);
  if (!facet) return null;
  const n = facet.n_distinct ?? facet.values?.length ?? 0;
  if (facet.kind === "histogram" || n > MANY) {
    return (
      <Alert color="yellow" variant="light">
        {field} has {n ? `${formatCount(n)} different values` : "a range of numbers"}; a query such as {field}{" "}
        &gt; 10 may serve better.
      </Alert>
    );
  }
  const values = facet.values ?? [];
  return (
    <ul className={classes.values} aria-label="Segments to be made">
      {values.slice(0, PREVIEWED).map(({ value, count }) => (
        <li key={String(value)}>
          <span className="user-text">
            {prefix}
            {String(value)}
          </span>{" "}
          <span className={classes.count}>{countOf(count, "frame")}</span>
        </li>
      ))}
      {values.length > PREVIEWED ? (
        <li className={classes.count}>and {values.length - PREVIEWED} more</li>
      ) : null}
    </ul>
  );
}

function TypeChoice({ value, onChange }: { value: SegmentType; onChange: (type: SegmentType) => void }) {
  return (
    <Select
      label="Type"
      description={segmentType(value).about}
      data={TYPES}
      value={value}
      allowDeselect={false}
      onChange={(next) => onChange((next ?? value) as SegmentType)}
    />
  );
}
