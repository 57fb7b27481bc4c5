/** One project: its datasets, how it is evaluated, its class map. */

import { Button } from "@mantine/core";
import { useState } from "react";
import { useDatasets, useDeleteDataset } from "@/api/datasets";
import { useDeleteProject, useProject } from "@/api/projects";
import type { ProjectBody } from "@/api/types";
import { countOf } from "@/core/numbers";
import { useGo, usePathPart } from "@/state/place";
import { AppLink } from "@/ui/AppLink";
import { ConfirmDialog } from "@/ui/ConfirmDialog";
import { IconPlus, IconTrash } from "@/ui/icons";
import { Page as Frame, Section } from "@/ui/Page";
import { ErrorState, LoadingState } from "@/ui/States";
import { useToasts } from "@/ui/Toasts";
import { ClassMapEditor } from "./ClassMapEditor";
import { CreateDataset } from "./CreateDataset";
import { DatasetTable } from "./DatasetTable";
import classes from "./ProjectPage.module.css";
import { ProjectSettings } from "./ProjectSettings";
import { TASK_WORDS } from "./tasks";

/** The page of the project in the address. */
export function Page() {
  const name = usePathPart("project") ?? "";
  const { data: project, error, refetch } = useProject(name);
  if (project) return <Loaded key={project.id} project={project} />;
  return (
    <Frame title={name}>
      {error ? (
        <ErrorState
          error={error}
          onRetry={() => void refetch()}
          action={<AppLink href="/">All projects</AppLink>}
        />
      ) : (
        <LoadingState label="Loading project" />
      )}
    </Frame>
  );
}

function Loaded({ project }: { project: ProjectBody }) {
  const datasets = useDatasets(project.name);
  const [isCreating, setIsCreating] = useState(false);
  return (
    <Frame
      title={project.name}
      heading={
        <span className={classes.heading}>
          <AppLink href="/" className={classes.back}>
            Projects
          </AppLink>
          <span className={classes.slash} aria-hidden="true">
            ›
          </span>
          {project.name}
          <span className={classes.task}>{TASK_WORDS[project.task]}</span>
        </span>
      }
    >
      <div className={classes.parts}>
        <Section
          name="Datasets"
          actions={
            <Button
              variant="default"
              leftSection={<IconPlus size={14} />}
              onClick={() => setIsCreating(true)}
            >
              Create dataset
            </Button>
          }
        >
          {datasets.error ? (
            <ErrorState error={datasets.error} onRetry={() => void datasets.refetch()} />
          ) : null}
          {datasets.data ? <DatasetTable project={project.name} datasets={datasets.data} /> : null}
        </Section>
        <Section name="Evaluation">
          <ProjectSettings project={project} />
        </Section>
        <Section name="Class map">
          <ClassMapEditor
            project={project}
            isInUse={datasets.data?.some(({ version }) => version > 0) ?? true}
          />
        </Section>
        <Section name="Delete">
          <DeletionList project={project} datasets={datasets.data?.map(({ name }) => name) ?? []} />
        </Section>
      </div>
      <CreateDataset project={project.name} opened={isCreating} onClose={() => setIsCreating(false)} />
    </Frame>
  );
}

type Doomed = { readonly kind: "project" | "dataset"; readonly name: string };

function DeletionList({ project, datasets }: { project: ProjectBody; datasets: readonly string[] }) {
  const [doomed, setDoomed] = useState<Doomed | null>(null);
  const deleteProject = useDeleteProject();
  const deleteDataset = useDeleteDataset(project.name);
  const go = useGo();
  const { tell, fail } = useToasts();
  const confirm = () => {
    if (!doomed) return;
    const told = {
      onSuccess: () => {
        tell({ text: `Deleted the ${doomed.kind} ${doomed.name}.` });
        if (doomed.kind === "project") go("/", { replace: true });
      },
      onError: fail,
      onSettled: () => setDoomed(null),
    };
    if (doomed.kind === "project") deleteProject.mutate(doomed.name, told);
    else deleteDataset.mutate(doomed.name, told);
  };
  return (
    <div className={classes.deletions}>
      {datasets.map((name) => (
        <Button
          key={name}
          variant="default"
          leftSection={<IconTrash size={14} />}
          onClick={() => setDoomed({ kind: "dataset", name })}
        >
          Delete dataset {name}
        </Button>
      ))}
      <Button
        variant="default"
        leftSection={<IconTrash size={14} />}
        onClick={() => setDoomed({ kind: "project", name: project.name })}
      >
        Delete project {project.name}
      </Button>
      <ConfirmDialog
        opened={doomed !== null}
        title={doomed?.kind === "project" ? "Delete project" : "Delete dataset"}
        action={doomed?.kind === "project" ? "Delete project" : "Delete dataset"}
        typed={doomed?.name ?? ""}
        isBusy={deleteProject.isPending || deleteDataset.isPending}
        onConfirm={confirm}
        onClose={() => setDoomed(null)}
      >
        {doomed?.kind === "project"
          ? `${doomed.name} with its ${countOf(datasets.length, "dataset")}: all frames, labels, inference sets and segments. This cannot be undone.`
          : `${doomed?.name ?? ""} with all its frames, labels, inference sets and segments, in every version. This cannot be undone.`}
      </ConfirmDialog>
    </div>
  );
}
