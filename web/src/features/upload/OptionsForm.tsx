/** What is chosen beside the files: dataset or inference set, and how to read. */

import { Autocomplete, Checkbox, SegmentedControl, Select, TextInput } from "@mantine/core";
import { usePlace } from "@/state/place";
import { Section } from "@/ui/Page";
import { QueryBar } from "@/ui/QueryBar";
import type { BoxFormat, UploadKind, UploadOptions } from "./plan";
import classes from "./UploadPage.module.css";

const BOX_FORMATS = [
  { value: "auto", label: "As the file says" },
  { value: "xywh", label: "left, top, width, height" },
  { value: "xyxy", label: "left, top, right, bottom" },
  { value: "cxcywh", label: "centre x, centre y, width, height" },
];
const FRAME_IDS = [
  { value: "file_name", label: "file name without folder" },
  { value: "path", label: "file name with folder" },
  { value: "id", label: "image id" },
];
const COVERS = [
  { value: "dataset", label: "the whole dataset" },
  { value: "listed", label: "the frames the file names" },
  { value: "query", label: "what a query selects" },
];

interface OptionsFormProps {
  readonly options: UploadOptions;
  readonly setNames: readonly string[];
  readonly isEmptyDataset: boolean;
  readonly isDisabled: boolean;
  readonly onChange: (part: Partial<UploadOptions>) => void;
}

/** The form. */
export function OptionsForm({ options, setNames, isEmptyDataset, isDisabled, onChange }: OptionsFormProps) {
  return (
    <Section name="Read them as">
      <div className={classes.options}>
        <div>
          <SegmentedControl
            aria-label="Upload as"
            value={options.kind}
            disabled={isDisabled}
            onChange={(kind) => onChange({ kind: kind as UploadKind })}
            data={[
              { value: "dataset", label: "Frames and labels" },
              { value: "inferences", label: "Inference set" },
            ]}
          />
        </div>
        {options.kind === "inferences" ? (
          <InferenceFields
            options={options}
            setNames={setNames}
            isDisabled={isDisabled}
            onChange={onChange}
          />
        ) : (
          <DatasetFields
            options={options}
            isEmptyDataset={isEmptyDataset}
            isDisabled={isDisabled}
            onChange={onChange}
          />
        )}
        <Checkbox
          label="Boxes are fractions of width and height"
          checked={options.normalised}
          disabled={isDisabled}
          onChange={(event) => onChange({ normalised: event.currentTarget.checked })}
        />
        <Checkbox
          label="Add classes the project lacks"
          checked={options.addClasses}
          disabled={isDisabled}
          onChange={(event) => onChange({ addClasses: event.currentTarget.checked })}
        />
      </div>
    </Section>
  );
}

type FieldsProps = Pick<OptionsFormProps, "options" | "isDisabled" | "onChange">;

function DatasetFields({
  options,
  isEmptyDataset,
  isDisabled,
  onChange,
}: FieldsProps & { isEmptyDataset: boolean }) {
  return (
    <div className={classes.fields}>
      {isEmptyDataset ? null : (
        <Select
          label="Frames that are there already"
          data={[
            { value: "replace", label: "go: the files are the dataset" },
            { value: "upsert", label: "stay, unless a file names them" },
          ]}
          value={options.keepOthers ? "upsert" : "replace"}
          allowDeselect={false}
          disabled={isDisabled}
          onChange={(mode) => onChange({ keepOthers: mode === "upsert" })}
        />
      )}
      <Select
        label="Frame ids of COCO files"
        data={FRAME_IDS}
        value={options.frameIdFrom}
        allowDeselect={false}
        disabled={isDisabled}
        onChange={(from) => onChange({ frameIdFrom: (from ?? "file_name") as UploadOptions["frameIdFrom"] })}
      />
      <BoxChoice options={options} isDisabled={isDisabled} onChange={onChange} />
      <TextInput
        label="Note"
        placeholder="Kept with the dataset version"
        value={options.note}
        disabled={isDisabled}
        onChange={(event) => onChange({ note: event.currentTarget.value })}
      />
    </div>
  );
}

function InferenceFields({
  options,
  setNames,
  isDisabled,
  onChange,
}: FieldsProps & { setNames: readonly string[] }) {
  const place = usePlace();
  const exists = setNames.includes(options.name);
  return (
    <>
      <div className={classes.fields}>
        <Autocomplete
          size="xs"
          label="Name of the inference set"
          data={[...setNames]}
          value={options.name}
          disabled={isDisabled}
          onChange={(name) => onChange({ name })}
        />
        {exists ? (
          <Select
            label={`${options.name} exists: its other frames`}
            data={[
              { value: "replace", label: "go: the file is the set" },
              { value: "extend", label: "stay as they are" },
            ]}
            value={options.keepOthers ? "extend" : "replace"}
            allowDeselect={false}
            disabled={isDisabled}
            onChange={(mode) => onChange({ keepOthers: mode === "extend" })}
          />
        ) : null}
        <Select
          label="The model was run on"
          data={COVERS}
          value={options.covers}
          allowDeselect={false}
          disabled={isDisabled}
          onChange={(covers) => onChange({ covers: (covers ?? "dataset") as UploadOptions["covers"] })}
        />
        <BoxChoice options={options} isDisabled={isDisabled} onChange={onChange} />
      </div>
      {options.covers === "query" ? (
        <div>
          <div className={classes.label}>Frames the model was run on</div>
          <QueryBar
            place={place}
            value={options.coversQuery}
            onChange={(coversQuery) => onChange({ coversQuery })}
          />
        </div>
      ) : null}
    </>
  );
}

function BoxChoice({ options, isDisabled, onChange }: FieldsProps) {
  return (
    <Select
      label="Four numbers of a box"
      data={BOX_FORMATS}
      value={options.boxFormat}
      allowDeselect={false}
      disabled={isDisabled}
      onChange={(boxFormat) => onChange({ boxFormat: (boxFormat ?? "auto") as BoxFormat })}
    />
  );
}
