/** The datasets of a project. */

import type { DatasetBody } from "@/api/types";
import { formatAgo, formatTime } from "@/core/dates";
import { formatCount } from "@/core/numbers";
import { pagePath } from "@/core/paths";
import { AppLink } from "@/ui/AppLink";
import { type Column, DataTable } from "@/ui/DataTable";
import classes from "./ProjectsPage.module.css";

const COLUMNS: readonly Column<DatasetBody>[] = [
  {
    key: "name",
    head: "Dataset",
    width: "24%",
    cell: ({ project, name, version }) => (
      <AppLink href={pagePath({ project, dataset: name }, version === 0 ? "upload" : "explore")}>
        {name}
      </AppLink>
    ),
  },
  { key: "frames", head: "Frames", isNumber: true, cell: ({ n_frames }) => formatCount(n_frames) },
  { key: "labels", head: "Labels", isNumber: true, cell: ({ n_labels }) => formatCount(n_labels) },
  { key: "version", head: "Version", isNumber: true, cell: ({ version }) => version },
  {
    key: "sets",
    head: "Inference sets",
    width: "36%",
    cell: ({ project, name, inference_sets }) =>
      inference_sets.length ? (
        <AppLink
          href={pagePath({ project, dataset: name }, "inference-sets")}
          className={classes.sets}
          title={inference_sets.slice(0, 20).join(", ")}
        >
          {formatCount(inference_sets.length)}: {inference_sets.slice(0, 12).join(", ")}
        </AppLink>
      ) : (
        "none yet"
      ),
  },
  {
    key: "created",
    head: "Created",
    cell: ({ created_at }) => (
      <time dateTime={created_at} title={formatTime(created_at)} className={classes.number}>
        {formatAgo(created_at)}
      </time>
    ),
  },
];

/** The table; says what to do where there is none. */
export function DatasetTable({ project, datasets }: { project: string; datasets: readonly DatasetBody[] }) {
  if (datasets.length === 0) {
    return <p className={classes.none}>No dataset yet. Create one, then upload frames and labels into it.</p>;
  }
  return (
    <div className={classes.scroll}>
      <DataTable label={`Datasets of ${project}`} columns={COLUMNS} rows={datasets} rowKey={({ id }) => id} />
    </div>
  );
}
