/** More elements for a segment: what a query selects, or ids. */

import { Button, Group, Modal, SegmentedControl, Stack, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { problemOf } from "@/api/problem";
import { useChangeElements } from "@/api/segments";
import { useCount } from "@/api/selections";
import { countOf } from "@/core/numbers";
import type { Where } from "@/core/selection";
import { QueryBar } from "@/ui/QueryBar";
import { InlineProblem } from "@/ui/States";
import { useToasts } from "@/ui/Toasts";
import { useSegmentEdits } from "./edits";
import { ELEMENT_NOUNS } from "./links";
import { useUndo } from "./undo";

/** The dialog. */
export function AddElements({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="Add elements"
      size="lg"
      closeButtonProps={{ "aria-label": "Close" }}
    >
      <Form onClose={onClose} />
    </Modal>
  );
}

function Form({ onClose }: { onClose: () => void }) {
  const { place, segment, fail } = useSegmentEdits();
  const [way, setWay] = useState("query");
  const [query, setQuery] = useState("");
  const [ids, setIds] = useState("");
  const [note, setNote] = useState("");
  const change = useChangeElements(place);
  const offerUndo = useUndo();
  const { tell } = useToasts();
  const noun = ELEMENT_NOUNS[segment.elements];
  const listed = ids
    .split("\n")
    .map((id) => id.trim())
    .filter(Boolean);
  const where: Where = way === "query" ? { query } : { ids: listed };
  const about = {
    elements: segment.elements,
    ...(segment.inference_set ? { inference_set: segment.inference_set } : {}),
  };
  const isGiven = way === "query" || listed.length > 0;
  const fresh = useCount(
    place,
    { selection: { minus: [where, { segment: segment.name }] }, ...about },
    { enabled: isGiven },
  );
  const n = isGiven ? fresh.data?.count : undefined;
  const save = () =>
    change.mutate(
      { segment: segment.name, revision: segment.revision, add: where, note: note.trim() },
      {
        onSuccess: (changed) => {
          onClose();
          const n_added = changed.n_elements - segment.n_elements;
          if (changed.version === segment.version) tell({ text: `All of them were in the segment already.` });
          else
            offerUndo(
              `Added ${countOf(n_added, noun)}; this is version ${changed.version}.`,
              segment.version,
              changed,
            );
        },
        onError: (error) => {
          if (problemOf(error).code !== "conflict") return;
          onClose();
          fail(error);
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
        <SegmentedControl
          value={way}
          onChange={setWay}
          data={[
            { value: "query", label: "By a query" },
            { value: "ids", label: "By ids" },
          ]}
        />
        {way === "query" ? (
          <QueryBar
            place={place}
            value={query}
            elements={segment.elements}
            inferenceSet={segment.inference_set ?? undefined}
            onChange={setQuery}
          />
        ) : (
          <Textarea
            label={`Ids of ${noun}s, one a line`}
            value={ids}
            autosize
            minRows={4}
            maxRows={12}
            error={fresh.error && isGiven ? problemOf(fresh.error).detail : undefined}
            onChange={(event) => setIds(event.currentTarget.value)}
            data-autofocus
          />
        )}
        <TextInput
          label="Note"
          placeholder="Why; kept with the version"
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
        />
        {change.error && problemOf(change.error).code !== "conflict" ? (
          <InlineProblem error={change.error} />
        ) : null}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={change.isPending} disabled={!n}>
            {n === undefined ? "Add" : n === 0 ? "Nothing new to add" : `Add ${countOf(n, noun)}`}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
