/** A new token: a name, how long it holds, and the secret, shown once. */

import { Button, Group, Modal, Select, Stack, TextInput } from "@mantine/core";
import { useState } from "react";
import { useCreateToken } from "@/api/tokens";
import { Command } from "@/ui/Command";
import { InlineProblem } from "@/ui/States";
import classes from "./SettingsPage.module.css";

const LIFETIMES = [
  { value: "30", label: "30 days" },
  { value: "90", label: "90 days" },
  { value: "365", label: "A year" },
  { value: "", label: "Until it is revoked" },
];

interface NewTokenProps {
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** The dialog. */
export function NewToken({ opened, onClose }: NewTokenProps) {
  const create = useCreateToken();
  const secret = create.data?.secret ?? null;
  const close = () => {
    if (create.isPending) return;
    onClose();
    create.reset();
  };
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={secret === null ? "New token" : "Keep it now: it is not shown again"}
      closeButtonProps={{ "aria-label": "Close" }}
      // Nothing done by the way may lose what cannot be read again.
      withCloseButton={secret === null}
      closeOnClickOutside={secret === null}
      closeOnEscape={secret === null}
    >
      {secret === null ? <Form create={create} onClose={close} /> : <Made secret={secret} onClose={close} />}
    </Modal>
  );
}

interface FormProps {
  readonly create: ReturnType<typeof useCreateToken>;
  readonly onClose: () => void;
}

function Form({ create, onClose }: FormProps) {
  const [name, setName] = useState("");
  const [days, setDays] = useState("90");
  const save = () => create.mutate({ name: name.trim(), expires_in_days: days ? Number(days) : null });
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
          description="Who or what it is for: anna, ci. It is kept with what they change. Letters, digits, “_”, “.”, “-”."
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          autoComplete="off"
          data-autofocus
        />
        <Select
          label="Holds for"
          data={LIFETIMES}
          value={days}
          onChange={(value) => setDays(value ?? "")}
          allowDeselect={false}
        />
        {create.error ? <InlineProblem error={create.error} /> : null}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={create.isPending} disabled={!name.trim()}>
            Make token
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Made({ secret, onClose }: { secret: string; onClose: () => void }) {
  return (
    <Stack gap="md">
      <Command text={secret} />
      <p className={classes.dim}>In the browser it is asked for. On the command line and in Python:</p>
      <Command text={`export SHOAL_URL=${location.origin}\nexport SHOAL_TOKEN=${secret}`} />
      <Group justify="flex-end">
        <Button onClick={onClose}>I have kept it</Button>
      </Group>
    </Stack>
  );
}
