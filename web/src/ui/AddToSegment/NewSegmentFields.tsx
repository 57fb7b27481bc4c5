/** The fields of a new segment. */

import { Autocomplete, Checkbox, NumberInput, Select, Textarea, TextInput } from "@mantine/core";
import { useSelectionReport } from "@/api/numbers";
import { useSegments } from "@/api/segments";
import { formatScore, formatThreshold } from "@/core/numbers";
import { SEGMENT_TYPES, type SegmentType, segmentType } from "@/core/segments";
import type { AddToSegmentRequest } from "@/state/addToSegment";
import { useChosenSets } from "@/state/chosenSets";
import { usePlace } from "@/state/place";
import classes from "./AddToSegment.module.css";
import { type Draft, reportWhere, roundedDown, TARGET_METRICS } from "./draft";

interface FieldsProps {
  readonly draft: Draft;
  readonly change: (part: Partial<Draft>) => void;
}

/** Type, name, description, owner, targets, rule. */
export function NewSegmentFields({
  draft,
  change,
  request,
  rule,
}: FieldsProps & { request: AddToSegmentRequest; rule: string | null }) {
  const { data: segments = [] } = useSegments(usePlace());
  const owners = [...new Set(segments.map(({ owner }) => owner).filter(Boolean))];
  const isScored = segmentType(draft.type).isModelPerformance;
  return (
    <>
      <TypeSelect draft={draft} change={change} />
      <TextInput
        label="Name"
        data-autofocus
        maxLength={256}
        value={draft.name}
        onChange={(event) => change({ name: event.currentTarget.value })}
      />
      <div className={classes.row}>
        <Textarea
          label="Description"
          autosize
          minRows={1}
          maxRows={4}
          value={draft.description}
          onChange={(event) => change({ description: event.currentTarget.value })}
        />
        <Autocomplete
          label="Owner"
          size="xs"
          data={owners}
          value={draft.owner}
          onChange={(owner) => change({ owner })}
        />
      </div>
      {isScored ? <TargetFields draft={draft} change={change} request={request} /> : null}
      {rule === null ? null : (
        <Checkbox
          label="Keep the query"
          description="The list stays as it is now; the segment shows what the query would add and remove later."
          checked={draft.keepsQuery}
          onChange={(event) => change({ keepsQuery: event.currentTarget.checked })}
        />
      )}
    </>
  );
}

/** The choice of a type; Model Performance first. */
export function TypeSelect({
  draft,
  change,
  isPerformanceOnly,
}: FieldsProps & { isPerformanceOnly?: boolean }) {
  const isOfFrames = draft.elements === "frames";
  const items = (isModelPerformance: boolean) =>
    SEGMENT_TYPES.filter((look) => look.isModelPerformance === isModelPerformance).map((look) => ({
      value: look.type,
      label: look.name,
      disabled: look.isModelPerformance && !isOfFrames,
    }));
  return (
    <Select
      label="Type"
      description={segmentType(draft.type).about}
      inputWrapperOrder={["label", "input", "description"]}
      allowDeselect={false}
      data={[
        { group: "Model Performance", items: items(true) },
        ...(isPerformanceOnly ? [] : [{ group: "Others", items: items(false) }]),
      ]}
      value={draft.type}
      onChange={(type) => type && change({ type: type as SegmentType })}
    />
  );
}

/** Minimums beside what the baseline scores on these very frames. */
function TargetFields({ draft, change, request }: FieldsProps & { request: AddToSegmentRequest }) {
  const place = usePlace();
  const { baseline, newest } = useChosenSets();
  const set = baseline ?? newest;
  const { data: report, isFetching } = useSelectionReport(
    place,
    { inference_set: set ?? "", selection: reportWhere(request, draft.elements) },
    { enabled: set !== undefined },
  );
  const today = report?.rows.find(({ class_name }) => class_name === "weighted");
  return (
    <fieldset className={classes.targets}>
      <legend className={classes.legend}>
        Targets{" "}
        <span className={classes.note}>optional; the least weighted average every model has to reach</span>
      </legend>
      {TARGET_METRICS.map(({ metric, name }) => {
        const score = today?.[metric];
        return (
          <div key={metric} className={classes.target}>
            <NumberInput
              label={name}
              aria-label={`${name} target`}
              min={0}
              max={1}
              step={0.01}
              decimalScale={3}
              clampBehavior="strict"
              placeholder="none"
              value={draft.targets[metric] ?? ""}
              onChange={(value) => change({ targets: withTarget(draft, metric, value) })}
            />
            <span className={classes.today}>
              {set === undefined
                ? null
                : today === undefined
                  ? isFetching
                    ? "…"
                    : null
                  : `today ${formatScore(score)}`}
            </span>
            {typeof score === "number" ? (
              <button
                type="button"
                className={classes.reset}
                onClick={() => change({ targets: withTarget(draft, metric, roundedDown(score)) })}
                aria-label={`Set to baseline: ${name}`}
              >
                Set to baseline
              </button>
            ) : null}
          </div>
        );
      })}
      {report && set !== undefined ? (
        <p className={classes.note}>
          Today: <span className="user-text">{set}</span>
          {baseline === set ? ", the baseline," : ""} on these frames at confidence{" "}
          {formatThreshold(report.context.confidence)}, IoU {formatThreshold(report.context.iou)}.
        </p>
      ) : null}
    </fieldset>
  );
}

function withTarget(draft: Draft, metric: (typeof TARGET_METRICS)[number]["metric"], value: number | string) {
  const { [metric]: _, ...others } = draft.targets;
  return typeof value === "number" ? { ...others, [metric]: value } : others;
}
