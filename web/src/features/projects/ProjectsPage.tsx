/** All projects with their datasets: where everything starts. */

import { useDatasets } from "@/api/datasets";
import { useHealth, useProjects } from "@/api/projects";
import type { DatasetBody, ProjectBody } from "@/api/types";
import { formatAgo } from "@/core/dates";
import { countOf, formatCount } from "@/core/numbers";
import { pagePath } from "@/core/paths";
import { AppLink } from "@/ui/AppLink";
import { type Column, DataTable } from "@/ui/DataTable";
import { Page as Frame, Section } from "@/ui/Page";
import { EmptyState, ErrorState, LoadingState } from "@/ui/States";

/** The start page. */
export function Page() {
  const projects = useProjects();
  return (
    <Frame title="Projects">
      {projects.isPending ? <LoadingState label="Loading projects" /> : null}
      {projects.error ? <ErrorState error={projects.error} onRetry={() => void projects.refetch()} /> : null}
      {projects.data?.map((project) => (
        <Project key={project.id} project={project} />
      ))}
      {projects.data?.length === 0 ? <NoProjects /> : null}
    </Frame>
  );
}

function NoProjects() {
  const { data: health } = useHealth();
  const home = health ? ` --home ${health.home}` : "";
  return (
    <EmptyState
      title="There is no project yet"
      commands={[
        `shoal demo${home}`,
        `shoal upload dataset val --coco val.json --images images/ --project driving${home}`,
      ]}
    >
      Stop the server, then load the demonstration, or your own labels in COCO form:
    </EmptyState>
  );
}

const TASKS: Readonly<Record<ProjectBody["task"], string>> = {
  object_detection: "object detection",
  classification: "classification",
  binary_classification: "binary classification",
};

function Project({ project }: { project: ProjectBody }) {
  const datasets = useDatasets(project.name);
  return (
    <Section name={project.name} actions={<span className="dim">{TASKS[project.task]}</span>}>
      {project.description ? <p className="user-text">{project.description}</p> : null}
      {datasets.error ? <ErrorState error={datasets.error} onRetry={() => void datasets.refetch()} /> : null}
      {datasets.data?.length ? (
        <DataTable
          label={`Datasets of ${project.name}`}
          columns={COLUMNS}
          rows={datasets.data}
          rowKey={({ id }) => id}
        />
      ) : null}
      {datasets.data?.length === 0 ? (
        <EmptyState
          title="No dataset yet"
          commands={[`shoal upload dataset val --coco val.json --images images/ --project ${project.name}`]}
        />
      ) : null}
    </Section>
  );
}

const COLUMNS: readonly Column<DatasetBody>[] = [
  {
    key: "name",
    head: "Dataset",
    cell: ({ project, name }) => (
      <AppLink href={pagePath({ project, dataset: name }, "explore")}>{name}</AppLink>
    ),
  },
  { key: "frames", head: "Frames", isNumber: true, cell: ({ n_frames }) => formatCount(n_frames) },
  { key: "labels", head: "Labels", isNumber: true, cell: ({ n_labels }) => formatCount(n_labels) },
  {
    key: "sets",
    head: "Inference sets",
    cell: ({ inference_sets }) => (
      <span className="user-text" title={countOf(inference_sets.length, "inference set")}>
        {inference_sets.join(", ") || "none yet"}
      </span>
    ),
  },
  { key: "version", head: "Version", isNumber: true, cell: ({ version }) => version },
  { key: "created", head: "Created", cell: ({ created_at }) => formatAgo(created_at) },
];
