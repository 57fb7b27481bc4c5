/** The operating point of an inference set: typed, or the confidence that maximises F1 on a segment. */

import { Button, Group, Modal, NumberInput, Select, Stack } from "@mantine/core";
import { useState } from "react";
import { useUpdateInferenceSet } from "@/api/inferenceSets";
import { useCurves } from "@/api/numbers";
import { useSegments } from "@/api/segments";
import type { InferenceSetBody, ProjectBody } from "@/api/types";
import { formatScore, formatThreshold } from "@/core/numbers";
import type { Place } from "@/core/paths";
import { ALL_FRAMES, segmentType } from "@/core/segments";
import { InlineProblem } from "@/ui/States";
import { useToasts } from "@/ui/Toasts";
import classes from "./InferenceSetsPage.module.css";

interface DialogProps {
  readonly place: Place;
  readonly project: ProjectBody | undefined;
  /** `null` closes it. */
  readonly set: InferenceSetBody | null;
  readonly onClose: () => void;
}

/** The dialog. */
export function OperatingPointDialog({ place, project, set, onClose }: DialogProps) {
  return (
    <Modal
      opened={set !== null}
      onClose={onClose}
      title={`Operating point of ${set?.name ?? ""}`}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      {set && project ? <Form place={place} project={project} set={set} onClose={onClose} /> : null}
    </Modal>
  );
}

interface FormProps {
  readonly place: Place;
  readonly project: ProjectBody;
  readonly set: InferenceSetBody;
  readonly onClose: () => void;
}

function Form({ place, project, set, onClose }: FormProps) {
  const [confidence, setConfidence] = useState<number | string>(set.confidence ?? "");
  const [iou, setIou] = useState<number | string>(set.iou ?? "");
  const update = useUpdateInferenceSet(place);
  const { tell } = useToasts();
  const hasBoxes = project.task === "object_detection";
  const save = () =>
    update.mutate(
      {
        name: set.name,
        confidence: confidence === "" ? null : Number(confidence),
        ...(hasBoxes ? { iou: iou === "" ? null : Number(iou) } : {}),
      },
      {
        onSuccess: () => {
          tell({ text: `Saved. ${set.name} is judged at its new operating point everywhere.` });
          onClose();
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
        <NumberInput
          label="Confidence threshold"
          description={`Empty: the project's, ${formatThreshold(project.confidence)}`}
          placeholder={formatThreshold(project.confidence)}
          value={confidence}
          min={0}
          max={1}
          step={0.05}
          decimalScale={4}
          onChange={setConfidence}
          data-autofocus
        />
        {hasBoxes ? (
          <NumberInput
            label="IoU threshold"
            description={`Empty: the project's, ${formatThreshold(project.iou)}`}
            placeholder={formatThreshold(project.iou)}
            value={iou}
            min={0.1}
            max={1}
            step={0.05}
            decimalScale={4}
            onChange={setIou}
          />
        ) : null}
        <Suggestion
          place={place}
          set={set}
          iou={iou === "" ? undefined : Number(iou)}
          onTake={setConfidence}
        />
        {update.error ? <InlineProblem error={update.error} /> : null}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={update.isPending}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

interface SuggestionProps {
  readonly place: Place;
  readonly set: InferenceSetBody;
  readonly iou: number | undefined;
  readonly onTake: (confidence: number) => void;
}

function Suggestion({ place, set, iou, onTake }: SuggestionProps) {
  const { data: segments = [] } = useSegments(place);
  const [segment, setSegment] = useState<string | null>(null);
  const names = segments
    .filter((one) => segmentType(one.type).isModelPerformance && one.elements === "frames")
    .map(({ name }) => name);
  const { data, error, isFetching } = useCurves(
    place,
    { inferenceSet: set.name, segment: segment === ALL_FRAMES ? undefined : (segment ?? undefined), iou },
    { enabled: segment !== null },
  );
  const micro = segment === null ? undefined : data?.curves[0];
  const best = micro?.best_confidence;
  return (
    <div className={classes.suggest}>
      <Select
        label="Suggest the confidence that maximises F1 on"
        placeholder="Choose a segment"
        data={[ALL_FRAMES, ...names]}
        value={segment}
        searchable
        onChange={setSegment}
      />
      {error ? <InlineProblem error={error} /> : null}
      {isFetching ? <span className={classes.dim}>Reading the curve…</span> : null}
      {!isFetching && micro && typeof best === "number" ? (
        <div className={classes.found} role="status">
          <span className={classes.grow}>
            At <strong>{formatThreshold(best)}</strong> micro-averaged F1 is highest:{" "}
            <strong>{formatScore(micro.best_f1)}</strong>
          </span>
          <Button variant="default" onClick={() => onTake(best)}>
            Take it
          </Button>
        </div>
      ) : null}
      {!isFetching && micro && typeof best !== "number" ? (
        <span className={classes.dim}>
          There is nothing to find in this segment, so no confidence is best.
        </span>
      ) : null}
    </div>
  );
}
