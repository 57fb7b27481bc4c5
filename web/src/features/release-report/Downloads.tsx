/** Printing and taking away; not on paper. */

import { Button } from "@mantine/core";
import { pagePath } from "@/core/paths";
import { usePlace } from "@/state/place";
import { AppLink } from "@/ui/AppLink";
import { IconDownload, IconPrint } from "@/ui/icons";
import type { ReportQuestion } from "./MatrixSection";
import classes from "./ReleaseReport.module.css";

/** The line above the report. */
export function Downloads({ candidate, baseline, confidence, iou }: ReportQuestion) {
  const place = usePlace();
  const isPerSet = typeof confidence === "object" || typeof iou === "object";
  const href = (format: string) => {
    const params = new URLSearchParams({ candidate, format });
    if (baseline) params.set("baseline", baseline);
    if (typeof confidence === "number") params.set("confidence", String(confidence));
    if (typeof iou === "number") params.set("iou", String(iou));
    const path = [place.project, "datasets", place.dataset].map(encodeURIComponent).join("/");
    return `/api/v1/projects/${path}/export/gate?${params}`;
  };
  const back = pagePath(place, "metrics", { baseline, conf: confidence, iou, extra: { set: candidate } });
  return (
    <nav className={classes.actions} aria-label="Report">
      <AppLink href={back} className={classes.back}>
        ← Metrics
      </AppLink>
      {isPerSet ? (
        <span className={classes.dim}>Files are written at one operating point for all sets.</span>
      ) : (
        ["markdown", "junit"].map((format) => (
          <Button
            key={format}
            variant="default"
            component="a"
            href={href(format)}
            download
            leftSection={<IconDownload size={14} />}
          >
            {format === "junit" ? "JUnit" : "Markdown"}
          </Button>
        ))
      )}
      <Button variant="default" leftSection={<IconPrint size={14} />} onClick={() => window.print()}>
        Print
      </Button>
    </nav>
  );
}
