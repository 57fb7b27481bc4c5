/** A new project. */

import { Button, Group, Modal, NumberInput, Select, Stack, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { useCreateProject } from "@/api/projects";
import type { ProjectBody } from "@/api/types";
import { useGo } from "@/state/place";
import { InlineProblem } from "@/ui/States";
import { useToasts } from "@/ui/Toasts";
import { namesOf } from "./classMap";
import { projectPath } from "./links";
import { MATCHING_WORDS, TASK_WORDS } from "./tasks";

const TASKS = Object.entries(TASK_WORDS).map(([value, label]) => ({ value, label }));
const MATCHING = Object.entries(MATCHING_WORDS).map(([value, label]) => ({ value, label }));

/** The dialog. */
export function CreateProject({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="Create project"
      size="lg"
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <Form onClose={onClose} />
    </Modal>
  );
}

function Form({ onClose }: { onClose: () => void }) {
  const [draft, setDraft] = useState({
    name: "",
    task: "object_detection" as ProjectBody["task"],
    classes: "",
    confidence: 0.1,
    iou: 0.5,
    matching: "class-first" as ProjectBody["matching"],
    groupField: "",
  });
  const create = useCreateProject();
  const go = useGo();
  const { tell } = useToasts();
  const set = <Key extends keyof typeof draft>(key: Key, value: (typeof draft)[Key]) =>
    setDraft((now) => ({ ...now, [key]: value }));
  const names = namesOf(draft.classes);
  const hasBoxes = draft.task === "object_detection";
  const save = () =>
    create.mutate(
      {
        name: draft.name.trim(),
        task: draft.task,
        ...(names.length ? { classes: names } : {}),
        confidence: draft.confidence,
        ...(hasBoxes ? { iou: draft.iou, matching: draft.matching } : {}),
        group_field: draft.groupField.trim() || null,
      },
      {
        onSuccess: (project) => {
          tell({ text: `Made the project ${project.name}.` });
          onClose();
          go(projectPath(project.name));
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
          description="Letters, digits, “_”, “.” and “-”."
          value={draft.name}
          onChange={(event) => set("name", event.currentTarget.value)}
          autoComplete="off"
          data-autofocus
        />
        <Select
          label="Task"
          data={TASKS}
          value={draft.task}
          allowDeselect={false}
          onChange={(task) => set("task", (task ?? draft.task) as ProjectBody["task"])}
        />
        <Textarea
          label="Classes"
          description="One a line. Left empty, the first upload's categories become the class map."
          value={draft.classes}
          autosize
          minRows={2}
          maxRows={8}
          onChange={(event) => set("classes", event.currentTarget.value)}
        />
        <Group grow align="flex-start">
          <NumberInput
            label="Confidence threshold"
            value={draft.confidence}
            min={0}
            max={1}
            step={0.05}
            decimalScale={3}
            onChange={(value) => set("confidence", Number(value))}
          />
          {hasBoxes ? (
            <NumberInput
              label="IoU threshold"
              value={draft.iou}
              min={0.1}
              max={1}
              step={0.05}
              decimalScale={3}
              onChange={(value) => set("iou", Number(value))}
            />
          ) : null}
        </Group>
        {hasBoxes ? (
          <Select
            label="Matching"
            data={MATCHING}
            value={draft.matching}
            allowDeselect={false}
            onChange={(matching) => set("matching", (matching ?? draft.matching) as ProjectBody["matching"])}
          />
        ) : null}
        <TextInput
          label="Group field"
          description="Metadata whose equal values belong together, such as sequence_id: frames of a group are resampled as one."
          value={draft.groupField}
          onChange={(event) => set("groupField", event.currentTarget.value)}
        />
        {create.error ? <InlineProblem error={create.error} /> : null}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={create.isPending} disabled={!draft.name.trim()}>
            Create project
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
