/** May the candidate ship? One page to read, to send and to print. */

import { useGate } from "@/api/numbers";
import { pagePath } from "@/core/paths";
import { useChosenSets } from "@/state/chosenSets";
import { usePlace } from "@/state/place";
import { useExtra, useView } from "@/state/view";
import { AppLink } from "@/ui/AppLink";
import { useTitle } from "@/ui/Page";
import { EmptyState, ErrorState, LoadingState } from "@/ui/States";
import { BasisSection } from "./BasisSection";
import { ChecksSection, HoldingChecks } from "./ChecksSection";
import { ClassSection } from "./ClassSection";
import { Downloads } from "./Downloads";
import { MatrixSection } from "./MatrixSection";
import classes from "./ReleaseReport.module.css";
import { Verdict } from "./Verdict";

/** The report of the candidate and baseline of the address. */
export function Page() {
  const place = usePlace();
  const { baseline, conf, iou } = useView();
  const [asked] = useExtra("candidate");
  const sets = useChosenSets();
  const against = baseline ?? sets.baseline;
  const candidate = asked ?? sets.all.findLast((set) => set.name !== against)?.name;
  useTitle(candidate ? `Release report: ${candidate}` : "Release report");
  const gate = useGate(
    place,
    {
      candidate: candidate ?? "",
      baseline: against ?? null,
      confidence: conf === undefined || typeof conf === "number" ? (conf ?? null) : { ...conf },
      iou: iou === undefined || typeof iou === "number" ? (iou ?? null) : { ...iou },
    },
    { enabled: candidate !== undefined },
  );
  if (sets.isLoading) return <LoadingState />;
  if (!candidate) {
    return (
      <EmptyState
        title="No candidate to report on"
        commands={["shoal upload inferences my_model --coco-results results.json"]}
      >
        Upload a model's inferences first.
      </EmptyState>
    );
  }
  if (gate.error) {
    return (
      <ErrorState
        error={gate.error}
        onRetry={() => void gate.refetch()}
        action={<AppLink href={pagePath(place, "metrics")}>Metrics</AppLink>}
      />
    );
  }
  if (!gate.data) return <LoadingState label="Putting the candidate before the gate" />;
  const question = { candidate, baseline: against, confidence: conf, iou };
  return (
    <article className={classes.report}>
      <Downloads {...question} />
      <Verdict report={gate.data} />
      <ChecksSection report={gate.data} />
      <MatrixSection {...question} />
      {against ? <ClassSection {...question} baseline={against} /> : null}
      <HoldingChecks report={gate.data} />
      <BasisSection {...question} report={gate.data} />
    </article>
  );
}
