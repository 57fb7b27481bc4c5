/** What kind of answers the models of a project give. */

import { useProject } from "@/api/projects";
import { usePlace } from "./place";

/** Whether labels and inferences are boxes that have to be matched; classes of whole frames need no IoU. */
export function useHasBoxes(): boolean {
  const { data: project } = useProject(usePlace().project);
  return project === undefined || project.task === "object_detection";
}
