/** How a project is evaluated: thresholds, matching, groups, margin. */

import { Button, NumberInput, Select, Switch, Textarea } from "@mantine/core";
import { useState } from "react";
import { useDatasets } from "@/api/datasets";
import { useUpdateProject } from "@/api/projects";
import type { ProjectBody, ProjectUpdate } from "@/api/types";
import { InlineProblem } from "@/ui/States";
import { useToasts } from "@/ui/Toasts";
import classes from "./ProjectPage.module.css";
import { MATCHING_WORDS } from "./tasks";

const MATCHING = Object.entries(MATCHING_WORDS).map(([value, label]) => ({ value, label }));

type Settings = Pick<
  ProjectBody,
  | "confidence"
  | "iou"
  | "matching"
  | "group_field"
  | "margin"
  | "allow_partial_coverage"
  | "negative_class"
  | "description"
>;

/** The form; only what was changed is sent. */
export function ProjectSettings({ project }: { project: ProjectBody }) {
  const [changes, setChanges] = useState<Partial<Settings>>({});
  const update = useUpdateProject(project.name);
  const { tell } = useToasts();
  const now: Settings = { ...project, ...changes };
  const set = (change: Partial<Settings>) => setChanges((before) => ({ ...before, ...change }));
  const isChanged = Object.entries(changes).some(([key, value]) => project[key as keyof Settings] !== value);
  const save = () =>
    update.mutate(changes as ProjectUpdate, {
      onSuccess: () => {
        setChanges({});
        tell({ text: "Saved. Scores follow the new settings." });
      },
    });
  const hasBoxes = project.task === "object_detection";
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <div className={classes.fields}>
        <Threshold
          label="Confidence threshold"
          description="Inferences below it do not count, unless a set says otherwise."
          value={now.confidence}
          onChange={(confidence) => set({ confidence })}
        />
        {hasBoxes ? (
          <Threshold
            label="IoU threshold"
            description="Overlap from which an inference finds a label."
            value={now.iou}
            min={0.1}
            onChange={(iou) => set({ iou })}
          />
        ) : null}
        {hasBoxes ? (
          <Select
            label="Matching"
            description="class-first pairs within a class before across; global pairs by overlap alone."
            data={MATCHING}
            value={now.matching}
            allowDeselect={false}
            onChange={(matching) => set({ matching: (matching ?? now.matching) as Settings["matching"] })}
          />
        ) : null}
        <GroupField
          project={project}
          value={now.group_field}
          onChange={(group_field) => set({ group_field })}
        />
        <Threshold
          label="Margin"
          description="How much worse than the baseline is still “not worse”."
          value={now.margin}
          step={0.005}
          onChange={(margin) => set({ margin })}
        />
        {project.task === "binary_classification" ? (
          <Select
            label="Negative class"
            description="The class that means “nothing there”."
            data={project.classes.map(({ name }) => name)}
            value={now.negative_class}
            clearable
            onChange={(negative_class) => set({ negative_class })}
          />
        ) : null}
      </div>
      <Switch
        label="Judge inference sets that cover only a part of a segment"
        checked={now.allow_partial_coverage}
        onChange={(event) => set({ allow_partial_coverage: event.currentTarget.checked })}
      />
      <Textarea
        label="Description"
        autosize
        minRows={2}
        maxRows={8}
        value={now.description}
        onChange={(event) => set({ description: event.currentTarget.value })}
      />
      {update.error ? <InlineProblem error={update.error} /> : null}
      <div className={classes.buttons}>
        <Button type="submit" loading={update.isPending} disabled={!isChanged}>
          Save settings
        </Button>
        {isChanged ? (
          <Button variant="subtle" color="gray" onClick={() => setChanges({})}>
            Discard changes
          </Button>
        ) : null}
      </div>
    </form>
  );
}

interface ThresholdProps {
  readonly label: string;
  readonly description: string;
  readonly value: number;
  readonly min?: number;
  readonly step?: number;
  readonly onChange: (value: number) => void;
}

function Threshold({ label, description, value, min = 0, step = 0.05, onChange }: ThresholdProps) {
  return (
    <NumberInput
      label={label}
      description={description}
      value={value}
      min={min}
      max={1}
      step={step}
      decimalScale={4}
      onChange={(next) => {
        if (next !== "") onChange(Number(next));
      }}
    />
  );
}

interface GroupFieldProps {
  readonly project: ProjectBody;
  readonly value: string | null;
  readonly onChange: (field: string | null) => void;
}

function GroupField({ project, value, onChange }: GroupFieldProps) {
  const { data: datasets = [] } = useDatasets(project.name);
  const fields = new Set(datasets.flatMap((dataset) => dataset.fields.map(({ name }) => name)));
  if (value) fields.add(value);
  return (
    <Select
      label="Group field"
      description="Frames with the same value are resampled as one."
      placeholder="None: every frame for itself"
      data={[...fields].sort()}
      value={value}
      clearable
      searchable
      clearButtonProps={{ "aria-label": "No group field" }}
      onChange={onChange}
    />
  );
}
