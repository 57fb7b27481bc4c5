/** A question before something that cannot be undone. */

import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";

/** The question; with `typed`, that word must be typed first. */
export interface ConfirmDialogProps {
  readonly opened: boolean;
  readonly title: string;
  readonly children: ReactNode;
  /** What the button does: `Delete segment`. */
  readonly action: string;
  readonly typed?: string;
  readonly isBusy?: boolean;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** Ask. */
export function ConfirmDialog({
  opened,
  title,
  children,
  action,
  typed,
  isBusy = false,
  onConfirm,
  onClose,
}: ConfirmDialogProps) {
  const [word, setWord] = useState("");
  const close = () => {
    setWord("");
    onClose();
  };
  return (
    <Modal opened={opened} onClose={close} title={title} closeButtonProps={{ "aria-label": "Close" }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onConfirm();
        }}
      >
        <Stack gap="md">
          <Text component="div">{children}</Text>
          {typed === undefined ? null : (
            <TextInput
              label={`Type ${typed} to confirm`}
              value={word}
              onChange={(event) => setWord(event.currentTarget.value)}
              autoComplete="off"
              data-autofocus
            />
          )}
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={close}>
              Cancel
            </Button>
            <Button
              type="submit"
              color="red"
              loading={isBusy}
              disabled={typed !== undefined && word !== typed}
            >
              {action}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
