/** Inference sets in order of upload: what they cover, the operating point they are judged at. */

import { ActionIcon, Button, Tooltip } from "@mantine/core";
import { useState } from "react";
import { useDeleteInferenceSet, useInferenceSets } from "@/api/inferenceSets";
import { useProject } from "@/api/projects";
import type { InferenceSetBody, ProjectBody } from "@/api/types";
import { formatAgo, formatTime } from "@/core/dates";
import { countOf, formatCount, formatPercent, formatThreshold } from "@/core/numbers";
import { pagePath } from "@/core/paths";
import { useChosenSets } from "@/state/chosenSets";
import { usePlace } from "@/state/place";
import { AppLink } from "@/ui/AppLink";
import { Command } from "@/ui/Command";
import { ConfirmDialog } from "@/ui/ConfirmDialog";
import { type Column, DataTable } from "@/ui/DataTable";
import { IconEdit, IconTrash, IconUpload } from "@/ui/icons";
import { Page as PageFrame, Section } from "@/ui/Page";
import { EmptyState, ErrorState, LoadingState } from "@/ui/States";
import { useToasts } from "@/ui/Toasts";
import { Details } from "./Details";
import classes from "./InferenceSetsPage.module.css";
import { OperatingPointDialog } from "./OperatingPointDialog";

/** The page. */
export function Page() {
  const place = usePlace();
  const sets = useInferenceSets(place);
  return (
    <PageFrame
      title="Inference sets"
      actions={
        <Button component={AppLink} href={pagePath(place, "upload")} leftSection={<IconUpload size={14} />}>
          Upload
        </Button>
      }
    >
      {sets.isPending ? <LoadingState label="Loading inference sets" /> : null}
      {sets.error ? <ErrorState error={sets.error} onRetry={() => void sets.refetch()} /> : null}
      {sets.data?.length ? <Sets sets={sets.data} /> : null}
      {sets.data?.length === 0 ? (
        <EmptyState
          title="No inference set yet"
          action={
            <Button component={AppLink} href={pagePath(place, "upload")}>
              Upload one
            </Button>
          }
        >
          An inference set is what one model predicts on this dataset. Every Model Performance segment is
          scored for it as soon as it is there.
        </EmptyState>
      ) : null}
      <UploadHelp />
    </PageFrame>
  );
}

type Dialog = { readonly kind: "edit" | "delete"; readonly set: InferenceSetBody };

function Sets({ sets }: { sets: readonly InferenceSetBody[] }) {
  const place = usePlace();
  const { data: project } = useProject(place.project);
  const { baseline } = useChosenSets();
  const [dialog, setDialog] = useState<Dialog | null>(null);
  const columns = columnsOf(sets, project, baseline, setDialog);
  return (
    <>
      <div className={classes.scroll}>
        <DataTable label="Inference sets" columns={columns} rows={sets} rowKey={({ id }) => id} />
      </div>
      <OperatingPointDialog
        place={place}
        project={project}
        set={dialog?.kind === "edit" ? dialog.set : null}
        onClose={() => setDialog(null)}
      />
      <DeleteSet set={dialog?.kind === "delete" ? dialog.set : null} onClose={() => setDialog(null)} />
    </>
  );
}

function columnsOf(
  sets: readonly InferenceSetBody[],
  project: ProjectBody | undefined,
  baseline: string | undefined,
  open: (dialog: Dialog) => void,
): readonly Column<InferenceSetBody>[] {
  return [
    {
      key: "order",
      head: <span title="Order of upload">#</span>,
      isNumber: true,
      width: "48px",
      cell: (set) => sets.indexOf(set) + 1,
    },
    {
      key: "name",
      head: "Name",
      cell: (set) => (
        <>
          <AppLink
            href={pagePath({ project: set.project, dataset: set.dataset }, "metrics", {
              tab: "metrics",
              sets: [set.name],
            })}
            className={classes.name}
          >
            {set.name}
          </AppLink>{" "}
          {set.name === baseline ? <span className={classes.baseline}>baseline</span> : null}
        </>
      ),
    },
    { key: "n", head: "Inferences", isNumber: true, cell: ({ n_inferences }) => formatCount(n_inferences) },
    {
      key: "coverage",
      head: "Covers",
      isNumber: true,
      cell: ({ n_covered, n_frames }) => (
        <span title={`${countOf(n_covered, "frame")} of ${formatCount(n_frames)}`}>
          {formatCount(n_covered)} of {formatCount(n_frames)}
          <span className={classes.dim}> {n_frames ? formatPercent(n_covered / n_frames) : ""}</span>
        </span>
      ),
    },
    {
      key: "point",
      head: "Operating point",
      cell: (set) => (
        <span className={classes.point}>
          <span title={set.confidence === null ? "the project's" : "its own"}>
            confidence <Threshold value={set.confidence} fallback={project?.confidence} />
          </span>
          {project && project.task !== "object_detection" ? null : (
            <span title={set.iou === null ? "the project's" : "its own"}>
              IoU <Threshold value={set.iou} fallback={project?.iou} />
            </span>
          )}
          <Tooltip label="Change the operating point">
            <ActionIcon
              size="sm"
              aria-label={`Change the operating point of ${set.name}`}
              onClick={() => open({ kind: "edit", set })}
            >
              <IconEdit size={14} />
            </ActionIcon>
          </Tooltip>
        </span>
      ),
    },
    { key: "details", head: "Details", width: "26%", cell: (set) => <Details details={set.details} /> },
    {
      key: "created",
      head: "Uploaded",
      cell: ({ created_at, version }) => (
        <time
          dateTime={created_at}
          title={`${formatTime(created_at)}, version ${version}`}
          className={classes.when}
        >
          {formatAgo(created_at)}
        </time>
      ),
    },
    {
      key: "actions",
      head: <span className="visually-hidden">Actions</span>,
      cell: (set) => (
        <Tooltip label="Delete">
          <ActionIcon aria-label={`Delete ${set.name}`} onClick={() => open({ kind: "delete", set })}>
            <IconTrash size={16} />
          </ActionIcon>
        </Tooltip>
      ),
    },
  ];
}

function Threshold({ value, fallback }: { value: number | null; fallback: number | undefined }) {
  if (value !== null) return <strong>{formatThreshold(value)}</strong>;
  return <span className={classes.dim}>{fallback === undefined ? "" : formatThreshold(fallback)}</span>;
}

function DeleteSet({ set, onClose }: { set: InferenceSetBody | null; onClose: () => void }) {
  const place = usePlace();
  const remove = useDeleteInferenceSet(place);
  const { tell, fail } = useToasts();
  const confirm = () => {
    if (!set) return;
    remove.mutate(set.name, {
      onSuccess: () => tell({ text: `Deleted the inference set ${set.name}.` }),
      onError: fail,
      onSettled: onClose,
    });
  };
  return (
    <ConfirmDialog
      opened={set !== null}
      title="Delete inference set"
      action="Delete inference set"
      typed={set?.name ?? ""}
      isBusy={remove.isPending}
      onConfirm={confirm}
      onClose={onClose}
    >
      {set
        ? `${set.name} with its ${countOf(set.n_inferences, "inference")} and all its scores. This cannot be undone.`
        : null}
    </ConfirmDialog>
  );
}

function UploadHelp() {
  const place = usePlace();
  return (
    <Section name="Upload from code">
      <div className={classes.help}>
        <Command
          text={`import shoal

sh = shoal.connect("${location.origin}")
dataset = sh.project("${place.project}").datasets["${place.dataset}"]
dataset.inference_sets.upload("my_model", coco_results="results.json")`}
        />
        <Command
          text={`shoal upload inferences my_model --coco-results results.json \\
  --dataset ${place.dataset} --project ${place.project} --url ${location.origin}`}
        />
      </div>
    </Section>
  );
}
