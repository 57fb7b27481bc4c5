/** A new, empty dataset; files follow on its upload page. */

import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useState } from "react";
import { useCreateDataset } from "@/api/datasets";
import { pagePath } from "@/core/paths";
import { useGo } from "@/state/place";
import { InlineProblem } from "@/ui/States";

interface CreateDatasetProps {
  readonly project: string;
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** The dialog. */
export function CreateDataset({ project, opened, onClose }: CreateDatasetProps) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="Create dataset"
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <Form project={project} onClose={onClose} />
    </Modal>
  );
}

function Form({ project, onClose }: { project: string; onClose: () => void }) {
  const [name, setName] = useState("");
  const create = useCreateDataset(project);
  const go = useGo();
  const save = () =>
    create.mutate(name.trim(), {
      onSuccess: (dataset) => {
        onClose();
        go(pagePath({ project, dataset: dataset.name }, "upload"));
      },
    });
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
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          autoComplete="off"
          data-autofocus
        />
        {create.error ? <InlineProblem error={create.error} /> : null}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={create.isPending} disabled={!name.trim()}>
            Create and upload
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
