/** Add to Segment: a new segment, more for an existing one, or one for each value of a field. */

import { Button, Modal, Radio, SegmentedControl, Select, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useDataset } from "@/api/datasets";
import { useChangeElements, useCreateSegment, useCreateSegmentPerValue, useSegments } from "@/api/segments";
import { useCount } from "@/api/selections";
import type { SegmentBody } from "@/api/types";
import { countOf, formatCount } from "@/core/numbers";
import { pagePath, segmentPath } from "@/core/paths";
import { segmentType } from "@/core/segments";
import type { ElementKind } from "@/core/selection";
import { type AddToSegmentRequest, useAddToSegmentRequest } from "@/state/addToSegment";
import { usePlace } from "@/state/place";
import { InlineProblem } from "../States";
import { useToasts } from "../Toasts";
import classes from "./AddToSegment.module.css";
import {
  createBody,
  type Draft,
  firstDraft,
  fitting,
  type Mode,
  obstacle,
  queryOfAll,
  ruleOf,
  wantedWhere,
  withElements,
} from "./draft";
import { NewSegmentFields, TypeSelect } from "./NewSegmentFields";

const NOUNS: Readonly<Record<ElementKind, string>> = {
  frames: "frame",
  labels: "label",
  inferences: "inference",
};

/** The dialog; shown while something is to be added. */
export function AddToSegmentDialog() {
  const { request, close } = useAddToSegmentRequest();
  return (
    <Modal
      opened={request !== null}
      onClose={close}
      title="Add to Segment"
      size={560}
      yOffset="6vh"
      closeButtonProps={{ "aria-label": "Close" }}
    >
      {request ? <Form request={request} close={close} /> : null}
    </Modal>
  );
}

interface FormProps {
  readonly request: AddToSegmentRequest;
  readonly close: () => void;
}

function Form({ request, close }: FormProps) {
  const [draft, setDraft] = useState(() => firstDraft(request, request.suggestedName, request.suggestedType));
  const change = (part: Partial<Draft>) => setDraft((now) => ({ ...now, ...part }));
  const saving = useSave(draft, request, close);
  const wanted = useWanted(draft, request);
  const missing = obstacle(draft);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (missing === null && !saving.isPending) saving.save();
  };
  return (
    <form onSubmit={submit} className={classes.form}>
      <p className={classes.what}>
        <strong>{countOf(request.count, NOUNS[request.elements])}</strong> selected
        {typeof request.where.query === "string" ? (
          <>
            {" "}
            by <code className="user-text">{request.where.query.slice(0, 300) || "every frame"}</code>
          </>
        ) : null}
      </p>
      <SegmentedControl
        fullWidth
        aria-label="Where to"
        value={draft.mode}
        onChange={(mode) =>
          change({ mode: mode as Mode, elements: mode === "per-value" ? "frames" : draft.elements })
        }
        data={[
          { value: "new", label: "New segment" },
          { value: "existing", label: "Existing segment" },
          { value: "per-value", label: "One per value", disabled: queryOfAll(request) === null },
        ]}
      />
      {draft.mode === "per-value" ? null : (
        <ElementRadios
          draft={draft}
          request={request}
          count={wanted?.count}
          onChange={(elements) => setDraft(withElements(draft, elements))}
        />
      )}
      {draft.mode === "new" ? (
        <NewSegmentFields
          draft={draft}
          change={change}
          request={request}
          rule={ruleOf(request, draft.elements)}
        />
      ) : draft.mode === "existing" ? (
        <ExistingFields draft={draft} change={change} request={request} />
      ) : (
        <PerValueFields draft={draft} change={change} query={queryOfAll(request) ?? ""} />
      )}
      <Warning selectedOn={selectedOn(request, wanted?.selected_on)} />
      {saving.error ? <InlineProblem error={saving.error} /> : null}
      <footer className={classes.footer}>
        <span className={classes.missing}>{missing}</span>
        <Button variant="default" onClick={close}>
          Cancel
        </Button>
        <Button type="submit" loading={saving.isPending} disabled={missing !== null}>
          Save
        </Button>
      </footer>
    </form>
  );
}

/** How many elements the segment would hold, and whose errors chose them. */
function useWanted(draft: Draft, request: AddToSegmentRequest) {
  const { inferenceSet } = request;
  return useCount(usePlace(), {
    selection: wantedWhere(request, draft.elements),
    elements: draft.elements,
    ...(inferenceSet === undefined ? {} : { inference_set: inferenceSet }),
  }).data;
}

function selectedOn(request: AddToSegmentRequest, found: readonly string[] | undefined): readonly string[] {
  return [...new Set([...(request.selectedOn ? [request.selectedOn] : []), ...(found ?? [])])];
}

function Warning({ selectedOn }: { selectedOn: readonly string[] }) {
  if (!selectedOn.length) return null;
  return (
    <div className={classes.warning} role="note">
      <b>≈ Chosen by a model’s own errors.</b> These elements were picked by where{" "}
      <b className="user-text">{selectedOn.join(", ")}</b> is right or wrong. On them that model looks worse,
      and others better, than they are; Shoal says so beside every score.
    </div>
  );
}

interface ElementRadiosProps {
  readonly draft: Draft;
  readonly request: AddToSegmentRequest;
  readonly count: number | undefined;
  readonly onChange: (elements: ElementKind) => void;
}

function ElementRadios({ draft, request, count, onChange }: ElementRadiosProps) {
  const crop: ElementKind = request.elements === "frames" ? "labels" : request.elements;
  const isFrame = draft.elements === "frames";
  const isOther = draft.elements !== request.elements;
  return (
    <div className={classes.elements}>
      <Radio.Group
        aria-label="Elements"
        value={isFrame ? "frame" : "crop"}
        onChange={(value) => onChange(value === "frame" ? "frames" : crop)}
      >
        <span className={classes.radios}>
          <Radio value="frame" label="Frame" />
          <Radio value="crop" label="Crop" />
        </span>
      </Radio.Group>
      <span className={classes.note}>
        {isOther && count !== undefined
          ? isFrame
            ? `the ${countOf(count, "frame")} they are in`
            : `the ${countOf(count, "label")} in them`
          : null}
      </span>
    </div>
  );
}

interface FieldsProps {
  readonly draft: Draft;
  readonly change: (part: Partial<Draft>) => void;
}

function ExistingFields({ draft, change, request }: FieldsProps & { request: AddToSegmentRequest }) {
  const { data: segments = [] } = useSegments(usePlace());
  const fit = fitting(segments, draft.elements, request.inferenceSet);
  const types = [...new Set(fit.map(({ type }) => type))];
  return (
    <>
      <Select
        label="Segment"
        searchable
        nothingFoundMessage="No such segment"
        placeholder={fit.length ? "Choose one" : `There is none that holds ${draft.elements}`}
        disabled={!fit.length}
        data={types.map((type) => ({
          group: segmentType(type).plural,
          items: fit
            .filter((segment) => segment.type === type)
            .map(({ id, name, n_elements }) => ({
              value: id,
              label: `${name} · ${formatCount(n_elements)}`,
            })),
        }))}
        value={draft.existing}
        onChange={(existing) => change({ existing })}
      />
      <TextInput
        label="Note"
        placeholder="Why they are added; kept in its history"
        value={draft.note}
        onChange={(event) => change({ note: event.currentTarget.value })}
      />
    </>
  );
}

function PerValueFields({ draft, change, query }: FieldsProps & { query: string }) {
  const { data: dataset } = useDataset(usePlace());
  const fields = (dataset?.fields ?? []).filter(({ name }) => !PLUMBING.has(name)).map(({ name }) => name);
  return (
    <>
      <Select
        label="Field"
        description="A segment for each of its values, at most 200, named after the value."
        searchable
        data={fields}
        value={draft.field}
        onChange={(field) => change({ field })}
      />
      <TypeSelect draft={draft} change={change} isPerformanceOnly />
      <TextInput
        label="Prefix"
        placeholder="Put before each name, such as Weather: "
        value={draft.prefix}
        onChange={(event) => change({ prefix: event.currentTarget.value })}
      />
      <TextInput
        label="Owner"
        value={draft.owner}
        onChange={(event) => change({ owner: event.currentTarget.value })}
      />
      <p className={classes.note}>
        {query ? "Only frames the query selects. " : "All frames of the dataset. "}
        Each segment keeps the query of its value, so that it can follow new frames.
      </p>
    </>
  );
}

const PLUMBING: ReadonlySet<string> = new Set(["frame_id", "source_id", "file_name", "url"]);

/** What Save does, and what it tells. */
function useSave(draft: Draft, request: AddToSegmentRequest, close: () => void) {
  const place = usePlace();
  const { tell } = useToasts();
  const { data: segments = [] } = useSegments(place);
  const create = useCreateSegment(place);
  const perValue = useCreateSegmentPerValue(place);
  const changeElements = useChangeElements(place);
  const used = { new: create, existing: changeElements, "per-value": perValue }[draft.mode];

  const told = (text: string, segment: SegmentBody, detail?: string) => {
    close();
    tell({ text, detail, href: segmentPath(place, segment.name), link: "Open the segment" });
  };
  const noun = NOUNS[draft.elements];
  const save = () => {
    if (draft.mode === "new") {
      create.mutate(createBody(draft, request), {
        onSuccess: (made) =>
          told(
            `${segmentType(made.type).name} “${made.name}” saved with ${countOf(made.n_elements, noun)}.`,
            made,
          ),
      });
    } else if (draft.mode === "existing") {
      const known = segments.find(({ id }) => id === draft.existing);
      if (!known) return;
      const add = wantedWhere(request, draft.elements);
      const about = request.inferenceSet === undefined ? {} : { inference_set: request.inferenceSet };
      changeElements.mutate(
        { segment: known.id, revision: known.revision, add, note: draft.note.trim(), ...about },
        {
          onSuccess: (changed) => {
            const more = changed.n_elements - known.n_elements;
            const text = more
              ? `${countOf(more, noun)} added to “${changed.name}”.`
              : `“${changed.name}” holds them already; nothing changed.`;
            told(
              text,
              changed,
              `It holds ${countOf(changed.n_elements, noun)} in version ${changed.version}.`,
            );
          },
        },
      );
    } else if (draft.field !== null) {
      const { field, type, prefix, owner } = draft;
      const query = queryOfAll(request);
      perValue.mutate(
        { field, type, prefix, owner: owner.trim(), query: query || null },
        {
          onSuccess: (made) => {
            close();
            tell({
              text: `${countOf(made.length, "segment")} saved, one per value of ${field}.`,
              detail: made
                .map(({ name, n_elements }) => `${name} ${formatCount(n_elements)}`)
                .slice(0, 8)
                .join(" · "),
              href: pagePath(place, "segments"),
              link: "Open the segments",
            });
          },
        },
      );
    }
  };
  return { save, isPending: used.isPending, error: used.error };
}
