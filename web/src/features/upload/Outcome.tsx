/** What an upload brought, and where to go from here. */

import { Button } from "@mantine/core";
import type { JobBody } from "@/api/types";
import { countOf } from "@/core/numbers";
import { pagePath } from "@/core/paths";
import { usePlace } from "@/state/place";
import { AppLink } from "@/ui/AppLink";
import { Section } from "@/ui/Page";
import type { UploadOptions } from "./plan";
import classes from "./UploadPage.module.css";

interface OutcomeProps {
  readonly job: JobBody;
  readonly options: UploadOptions;
  readonly onAgain: () => void;
}

/** The end of an upload. */
export function Outcome({ job, options, onAgain }: OutcomeProps) {
  const place = usePlace();
  const result = job.result ?? {};
  const counts = (
    [
      ["n_frames", "frame"],
      ["n_labels", "label"],
      ["n_inferences", "inference"],
    ] as const
  ).flatMap(([key, noun]) => (typeof result[key] === "number" ? [countOf(result[key], noun)] : []));
  const covered = result.n_covered;
  const notes = Array.isArray(result.notes) ? result.notes.map(String) : [];
  const isDataset = options.kind === "dataset";
  return (
    <Section name="Uploaded">
      <div className={classes.report}>
        <div className={classes.verdict} role="status">
          <span className={classes.good}>
            ✓ {isDataset ? place.dataset : options.name}: {counts.join(", ") || "read"}
            {typeof covered === "number" ? `, ${countOf(covered, "frame")} covered` : ""}
          </span>
        </div>
        {isDataset ? null : (
          <p className={classes.dim}>
            Every Model Performance segment has its metrics for {options.name} now, without being asked.
          </p>
        )}
        {notes.length ? (
          <ul className={classes.notes}>
            {notes.map((note) => (
              <li key={note} className="user-text">
                {note}
              </li>
            ))}
          </ul>
        ) : null}
        <div className={classes.buttons}>
          {isDataset ? (
            <Button component={AppLink} href={pagePath(place, "explore")}>
              Explore the frames
            </Button>
          ) : (
            <Button component={AppLink} href={pagePath(place, "metrics", { tab: "scenarios" })}>
              See its metrics
            </Button>
          )}
          <Button variant="default" onClick={onAgain}>
            Upload an inference set
          </Button>
        </div>
      </div>
    </Section>
  );
}
