/** What a segment is about: state, owner, description, kept query, rule; changed in place. */

import { Button, Group, Select, Stack, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { useUpdateSegment } from "@/api/segments";
import type { SegmentUpdate } from "@/api/types";
import { formatTime } from "@/core/dates";
import { segmentPath } from "@/core/paths";
import {
  SEGMENT_STATES,
  SEGMENT_TYPES,
  type SegmentState,
  type SegmentType,
  segmentType,
} from "@/core/segments";
import { useGo } from "@/state/place";
import { useView } from "@/state/view";
import { IconEdit } from "@/ui/icons";
import { QueryBar } from "@/ui/QueryBar";
import { useToasts } from "@/ui/Toasts";
import { useSegmentEdits } from "./edits";
import classes from "./SegmentPage.module.css";

const STATES = Object.entries(SEGMENT_STATES).map(([value, label]) => ({ value, label }));
const RULES = {
  default: "The score decides",
  confident: "The whole interval decides",
} as const;

/** The facts of the segment, with a button that opens them for changes. */
export function About() {
  const { place, segment, fail } = useSegmentEdits();
  const [isEditing, setIsEditing] = useState(false);
  const update = useUpdateSegment(place);
  const setState = (state: string | null) => {
    if (!state || state === segment.state) return;
    update.mutate(
      { segment: segment.name, revision: segment.revision, state: state as SegmentState },
      { onError: fail },
    );
  };
  return (
    <section className={classes.part} aria-label="About">
      <header className={classes.partHead}>
        <h2 className={classes.partTitle}>About</h2>
        {isEditing ? null : (
          <Button variant="subtle" leftSection={<IconEdit size={14} />} onClick={() => setIsEditing(true)}>
            Edit
          </Button>
        )}
      </header>
      <Select
        label="State"
        data={STATES}
        value={segment.state}
        allowDeselect={false}
        disabled={update.isPending}
        onChange={setState}
      />
      {isEditing ? <AboutForm onClose={() => setIsEditing(false)} /> : <Facts />}
    </section>
  );
}

function Facts() {
  const { segment } = useSegmentEdits();
  const isScored = segmentType(segment.type).isModelPerformance;
  return (
    <dl className={classes.list}>
      <Fact name="Owner">
        {segment.owner ? <span className="user-text">{segment.owner}</span> : <None />}
      </Fact>
      <Fact name="Description">
        {segment.description ? (
          <div className={`${classes.long} user-text`} dir="auto">
            {segment.description}
          </div>
        ) : (
          <None />
        )}
      </Fact>
      <Fact name="Kept query">
        {segment.query ? (
          <code className={classes.code}>{segment.query}</code>
        ) : (
          <None word="none; chosen by hand" />
        )}
      </Fact>
      {isScored ? <Fact name="Targets are met when">{RULES[segment.rule]}</Fact> : null}
      <Fact name="Changed">{formatTime(segment.updated_at)}</Fact>
      <Fact name="Created">{formatTime(segment.created_at)}</Fact>
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div className={classes.facet}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function None({ word = "–" }: { word?: string }) {
  return <span className={classes.dim}>{word}</span>;
}

function AboutForm({ onClose }: { onClose: () => void }) {
  const { place, segment, fail } = useSegmentEdits();
  // What is typed belongs to the segment as it was when typing began.
  const [before] = useState(segment);
  const [draft, setDraft] = useState({
    name: segment.name,
    type: segment.type as SegmentType,
    owner: segment.owner,
    description: segment.description,
    rule: segment.rule,
    query: segment.query ?? "",
  });
  const update = useUpdateSegment(place);
  const go = useGo();
  const view = useView();
  const { tell } = useToasts();
  const save = () => {
    const change: SegmentUpdate = {};
    if (draft.name.trim() !== before.name) change.name = draft.name.trim();
    if (draft.type !== before.type) change.type = draft.type;
    if (draft.owner.trim() !== before.owner) change.owner = draft.owner.trim();
    if (draft.description !== before.description) change.description = draft.description;
    if (draft.rule !== before.rule) change.rule = draft.rule;
    if (draft.query.trim() !== (before.query ?? "")) change.query = draft.query.trim() || null;
    if (Object.keys(change).length === 0) return onClose();
    update.mutate(
      { segment: before.name, revision: before.revision, ...change },
      {
        onSuccess: (changed) => {
          tell({ text: "Saved." });
          onClose();
          if (changed.name !== before.name) go(segmentPath(place, changed.name, view), { replace: true });
        },
        onError: fail,
      },
    );
  };
  const set = <Key extends keyof typeof draft>(key: Key, value: (typeof draft)[Key]) =>
    setDraft((now) => ({ ...now, [key]: value }));
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
          value={draft.name}
          maxLength={256}
          onChange={(event) => set("name", event.currentTarget.value)}
        />
        <Select
          label="Type"
          data={SEGMENT_TYPES.map(({ type, name }) => ({ value: type, label: name }))}
          value={draft.type}
          allowDeselect={false}
          onChange={(type) => set("type", (type ?? draft.type) as SegmentType)}
        />
        <TextInput
          label="Owner"
          value={draft.owner}
          onChange={(event) => set("owner", event.currentTarget.value)}
        />
        <Textarea
          label="Description"
          value={draft.description}
          autosize
          minRows={2}
          maxRows={8}
          onChange={(event) => set("description", event.currentTarget.value)}
        />
        <div>
          <div className={classes.dim}>Kept query</div>
          <QueryBar
            place={place}
            value={draft.query}
            elements={segment.elements}
            inferenceSet={segment.inference_set ?? undefined}
            onChange={(query) => set("query", query)}
          />
        </div>
        {segmentType(draft.type).isModelPerformance ? (
          <Select
            label="Targets are met when"
            data={Object.entries(RULES).map(([value, label]) => ({ value, label }))}
            value={draft.rule}
            allowDeselect={false}
            onChange={(rule) => set("rule", (rule ?? draft.rule) as keyof typeof RULES)}
          />
        ) : null}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={update.isPending} disabled={!draft.name.trim()}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
