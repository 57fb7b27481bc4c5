/** Targets, set or changed, with the score of today beside each. */

import { ActionIcon, Button, Select, TextInput } from "@mantine/core";
import { useState } from "react";
import { useReport } from "@/api/numbers";
import { useProject } from "@/api/projects";
import { useSetTargets } from "@/api/segments";
import type { ReportBody, TargetBody } from "@/api/types";
import { countOf, formatScore } from "@/core/numbers";
import type { Average, Metric } from "@/core/url";
import { IconPlus, IconTrash } from "@/ui/icons";
import { useToasts } from "@/ui/Toasts";
import { useSegmentEdits } from "./edits";
import classes from "./MetricsTab.module.css";
import {
  AVERAGE_WORDS,
  asMinimum,
  draftOf,
  METRIC_WORDS,
  presentScore,
  scoreTitle,
  type TargetDraft,
  targetsOf,
} from "./targets";

const METRICS = Object.entries(METRIC_WORDS).map(([value, label]) => ({ value, label }));
const AVERAGES = Object.entries(AVERAGE_WORDS).map(([value, label]) => ({ value, label }));
const NEW_TARGETS: readonly Metric[] = ["recall", "precision", "f1"];

/** The inference set whose scores stand beside the targets; the baseline where there is one. */
export interface TargetsEditorProps {
  readonly reference: string | undefined;
  readonly isBaseline: boolean;
}

/** What is being typed, and the targets it began with. */
interface Draft {
  readonly before: readonly TargetBody[];
  readonly revision: number;
  readonly rows: readonly (TargetDraft & { readonly key: number })[];
}

let lastKey = 0;
const keyed = (draft: TargetDraft) => {
  lastKey += 1;
  return { ...draft, key: lastKey };
};

/** The targets of the segment. */
export function TargetsEditor({ reference, isBaseline }: TargetsEditorProps) {
  const { place, segment, fail } = useSegmentEdits();
  const [draft, setDraft] = useState<Draft | null>(null);
  const save = useSetTargets(place);
  const { tell } = useToasts();
  const report = useReport(
    place,
    { inferenceSet: reference ?? "", segment: segment.name },
    { enabled: reference !== undefined },
  );
  const rows =
    draft?.rows ?? segment.targets.map((target, place) => ({ ...draftOf(target), key: -place - 1 }));
  const change = (next: Draft["rows"]) =>
    setDraft({
      before: draft?.before ?? segment.targets,
      revision: draft?.revision ?? segment.revision,
      rows: next,
    });
  const set = (key: number, part: Partial<TargetDraft>) =>
    change(rows.map((row) => (row.key === key ? { ...row, ...part } : row)));
  const targets = targetsOf(rows);
  const submit = () => {
    if (!draft || typeof targets === "string") return;
    // Another change of the segment is no conflict as long as the targets are those that were read.
    const isSame = JSON.stringify(draft.before) === JSON.stringify(segment.targets);
    save.mutate(
      { segment: segment.name, revision: isSame ? segment.revision : draft.revision, targets: [...targets] },
      {
        onSuccess: (changed) => {
          setDraft(null);
          tell({
            text: changed.targets.length
              ? `Saved ${countOf(changed.targets.length, "target")}; every inference set is held against ${changed.targets.length === 1 ? "it" : "them"}.`
              : "Saved: the segment has no target now.",
          });
        },
        onError: fail,
      },
    );
  };
  return (
    <section className={classes.part} aria-label="Targets">
      <header className={classes.head}>
        <h2 className={classes.title}>Targets</h2>
      </header>
      {rows.length ? (
        <form
          id="targets"
          onSubmit={(event) => {
            event.preventDefault();
            submit();
          }}
        >
          <table className={classes.targets}>
            <thead>
              <tr>
                <th scope="col">Metric</th>
                <th scope="col">Average or class</th>
                <th scope="col">At least</th>
                <th scope="col">{reference ? `${reference}${isBaseline ? ", the baseline" : ""}` : ""}</th>
                <th scope="col">
                  <span className="visually-hidden">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <TargetRow
                  key={row.key}
                  row={row}
                  report={report.data}
                  isBaseline={isBaseline}
                  onChange={(part) => set(row.key, part)}
                  onRemove={() => change(rows.filter(({ key }) => key !== row.key))}
                />
              ))}
            </tbody>
          </table>
        </form>
      ) : (
        <p className={classes.dim}>
          No target yet. A target is a minimum for precision, recall or F1 that every inference set is held
          against.
        </p>
      )}
      <div className={classes.buttons}>
        <Button
          variant="default"
          leftSection={<IconPlus size={14} />}
          onClick={() => {
            const metric = NEW_TARGETS.find((one) => !rows.some((row) => row.metric === one)) ?? "recall";
            change([...rows, keyed({ metric, average: "weighted", className: null, minimum: "" })]);
          }}
        >
          Add target
        </Button>
        {draft ? (
          <>
            {rows.length ? (
              <Button
                type="submit"
                form="targets"
                loading={save.isPending}
                disabled={typeof targets === "string"}
              >
                Save
              </Button>
            ) : (
              <Button loading={save.isPending} onClick={submit}>
                Save
              </Button>
            )}
            <Button variant="subtle" color="gray" onClick={() => setDraft(null)}>
              Discard changes
            </Button>
            {typeof targets === "string" && rows.every((row) => row.minimum.trim() !== "") ? (
              <span className={classes.fault} role="alert">
                {targets}
              </span>
            ) : null}
          </>
        ) : null}
      </div>
    </section>
  );
}

interface TargetRowProps {
  readonly row: TargetDraft;
  readonly report: ReportBody | undefined;
  readonly isBaseline: boolean;
  readonly onChange: (part: Partial<TargetDraft>) => void;
  readonly onRemove: () => void;
}

function TargetRow({ row, report, isBaseline, onChange, onRemove }: TargetRowProps) {
  const { place } = useSegmentEdits();
  const { data: project } = useProject(place.project);
  const classNames = project?.classes.map(({ name }) => name) ?? [];
  const title = scoreTitle(row);
  const today = report ? presentScore(report, row) : null;
  return (
    <tr>
      <td className={classes.metricCell}>
        <Select
          aria-label="Metric"
          data={METRICS}
          value={row.metric}
          allowDeselect={false}
          onChange={(metric) => onChange({ metric: (metric ?? row.metric) as Metric })}
        />
      </td>
      <td className={classes.averageCell}>
        <div className={classes.averages}>
          <Select
            aria-label="Average"
            data={AVERAGES}
            value={row.average}
            allowDeselect={false}
            onChange={(average) =>
              onChange({ average: (average ?? row.average) as Average, className: null })
            }
          />
          {row.average === "class" ? (
            <Select
              aria-label="Class"
              placeholder="Choose a class"
              data={classNames}
              value={row.className}
              searchable
              onChange={(className) => onChange({ className })}
            />
          ) : null}
        </div>
      </td>
      <td className={classes.minimumCell}>
        <TextInput
          aria-label={`Target for ${title}`}
          inputMode="decimal"
          placeholder="0.85"
          value={row.minimum}
          onChange={(event) => onChange({ minimum: event.currentTarget.value })}
        />
      </td>
      <td className={classes.today}>
        {today === null ? (
          report ? (
            "undefined today"
          ) : (
            ""
          )
        ) : (
          <>
            today <strong>{formatScore(today)}</strong>
            {"; "}
            <button
              type="button"
              className={classes.setTo}
              aria-label={`${title}: set to ${isBaseline ? "baseline" : "that"}`}
              onClick={() => onChange({ minimum: asMinimum(today) })}
            >
              set to {isBaseline ? "baseline" : "that"}
            </button>
          </>
        )}
      </td>
      <td>
        <ActionIcon aria-label={`Remove target for ${title}`} onClick={onRemove}>
          <IconTrash size={16} />
        </ActionIcon>
      </td>
    </tr>
  );
}
