/** All projects with their datasets: where everything starts. */

import { Button } from "@mantine/core";
import { useState } from "react";
import { useDatasets } from "@/api/datasets";
import { useProjects } from "@/api/projects";
import type { ProjectBody } from "@/api/types";
import { AppLink } from "@/ui/AppLink";
import { Command } from "@/ui/Command";
import { IconPlus, IconSettings } from "@/ui/icons";
import { Page as Frame, Section } from "@/ui/Page";
import { ErrorState, LoadingState } from "@/ui/States";
import { CreateDataset } from "./CreateDataset";
import { CreateProject } from "./CreateProject";
import { DatasetTable } from "./DatasetTable";
import { projectPath } from "./links";
import classes from "./ProjectsPage.module.css";
import { TASK_WORDS } from "./tasks";

/** The start page. */
export function Page() {
  const projects = useProjects();
  const [isCreating, setIsCreating] = useState(false);
  return (
    <Frame
      title="Projects"
      actions={
        <Button leftSection={<IconPlus size={14} />} onClick={() => setIsCreating(true)}>
          Create project
        </Button>
      }
    >
      {projects.isPending ? <LoadingState label="Loading projects" /> : null}
      {projects.error ? <ErrorState error={projects.error} onRetry={() => void projects.refetch()} /> : null}
      <div className={classes.projects}>
        {projects.data?.map((project) => (
          <Project key={project.id} project={project} />
        ))}
      </div>
      {projects.data?.length === 0 ? <FirstRun /> : null}
      <CreateProject opened={isCreating} onClose={() => setIsCreating(false)} />
    </Frame>
  );
}

function Project({ project }: { project: ProjectBody }) {
  const datasets = useDatasets(project.name);
  const [isCreating, setIsCreating] = useState(false);
  return (
    <Section
      name={project.name}
      actions={
        <>
          <span className={classes.task}>{TASK_WORDS[project.task]}</span>
          <Button
            variant="default"
            leftSection={<IconPlus size={14} />}
            aria-label={`Create dataset in ${project.name}`}
            onClick={() => setIsCreating(true)}
          >
            Create dataset
          </Button>
          <Button
            component={AppLink}
            href={projectPath(project.name)}
            variant="default"
            leftSection={<IconSettings size={14} />}
            aria-label={`Settings of ${project.name}`}
          >
            Settings
          </Button>
        </>
      }
    >
      {project.description ? (
        <p className={`${classes.description} user-text`} dir="auto">
          {project.description}
        </p>
      ) : null}
      {datasets.error ? <ErrorState error={datasets.error} onRetry={() => void datasets.refetch()} /> : null}
      {datasets.data ? <DatasetTable project={project.name} datasets={datasets.data} /> : null}
      <CreateDataset project={project.name} opened={isCreating} onClose={() => setIsCreating(false)} />
    </Section>
  );
}

const SNIPPET = (url: string) => `import shoal

sh = shoal.connect("${url}")
project = sh.create_project("driving", confidence=0.3)
val = project.datasets.upload("val", coco="val.json", images="img/")
val.inference_sets.upload("yolo_v1", coco_results="v1.json")
val.inference_sets.upload("yolo_v2", coco_results="v2.json")`;

function FirstRun() {
  return (
    <div className={classes.first}>
      <section className={classes.way} aria-label="Look around">
        <h2 className={classes.wayTitle}>Look around first</h2>
        <p className={classes.wayText}>
          Draws a small street dataset with four simulated detectors, segments and targets. In a shell; it
          opens a page of its own:
        </p>
        <Command text="shoal demo" />
      </section>
      <section className={classes.way} aria-label="Your own data">
        <h2 className={classes.wayTitle}>Start with your own data</h2>
        <p className={classes.wayText}>
          Create a project with the button above and drop files on its upload page, or do the same in Python:
        </p>
        <Command text={SNIPPET(location.origin)} />
      </section>
    </div>
  );
}
