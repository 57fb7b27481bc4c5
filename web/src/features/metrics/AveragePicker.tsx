/** Over which classes a score is taken: all, averaged in one of three ways, or one. */

import { Select } from "@mantine/core";
import { useProject } from "@/api/projects";
import type { Average } from "@/core/url";
import { usePlace } from "@/state/place";
import { oneLineOption } from "./oneLineOption";
import { useMeasure } from "./useMeasure";

const AVERAGES: readonly { readonly value: Exclude<Average, "class">; readonly label: string }[] = [
  { value: "weighted", label: "All classes, weighted" },
  { value: "macro", label: "All classes, macro" },
  { value: "micro", label: "All classes, micro" },
];

/** The picker. */
export function AveragePicker() {
  const { average, className, setAverage, setClass } = useMeasure();
  const classes = useEvaluationClasses();
  return (
    <Select
      aria-label="Classes"
      w={184}
      searchable={classes.length > 12}
      allowDeselect={false}
      renderOption={oneLineOption}
      value={className ? `class:${className}` : average}
      onChange={(value) => {
        if (value === null) return;
        if (value.startsWith("class:")) setClass(value.slice(6));
        else setAverage(value as Exclude<Average, "class">);
      }}
      data={[
        { group: "Averages", items: AVERAGES.map(({ value, label }) => ({ value, label })) },
        { group: "One class", items: classes.map((name) => ({ value: `class:${name}`, label: name })) },
      ]}
    />
  );
}

/** Names of the classes that are evaluated, in the order of the class map. */
export function useEvaluationClasses(): readonly string[] {
  const { data: project } = useProject(usePlace().project);
  const names = (project?.classes ?? [])
    .filter((entry) => entry.train_name !== "" && !entry.ignore_in_eval)
    .map((entry) => entry.train_name || entry.name);
  return [...new Map(names.map((name) => [name.toLowerCase(), name])).values()];
}
