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
  const [secret, setSecret] = useState<string | null>(null);
  const close = () => {
    onClose();
    setSecret(null);
  };
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={secret === null ? "New token" : "Keep it now: it is not shown again"}
      closeButtonProps={{ "aria-label": "Close" }}
      // A click beside the dialog must not lose what cannot be read again.
      closeOnClickOutside={secret === null}
    >
      {secret === null ? (
        <Form onMade={setSecret} onClose={close} />
      ) : (
        <Made secret={secret} onClose={close} />
      )}
    </Modal>
  );
}

function Form({ onMade, onClose }: { onMade: (secret: string) => void; onClose: () => void }) {
  const [name, setName] = useState("");
  const [days, setDays] = useState("90");
  const create = useCreateToken();
  const save = () =>
    create.mutate(
      { name: name.trim(), expires_in_days: days ? Number(days) : null },
      { onSuccess: ({ secret }) => onMade(secret) },
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
