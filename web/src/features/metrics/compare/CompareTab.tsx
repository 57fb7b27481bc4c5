/** The Compare tab: what a candidate lost and won against the baseline, by class, by segment, by frame. */

import { useChosenSets } from "@/state/chosenSets";
import { useView } from "@/state/view";
import { EmptyState } from "@/ui/States";
import { AveragePicker } from "../AveragePicker";
import { MetricPicker } from "../MetricPicker";
import { SegmentPicker } from "../SegmentPicker";
import { SetPicker } from "../SetPicker";
import { useSetInFocus } from "../useLooking";
import { ClassChanges } from "./ClassChanges";
import classes from "./Compare.module.css";
import { Flips } from "./Flips";
import { SegmentChanges } from "./SegmentChanges";

/** The tab. */
export function CompareTab() {
  const { all, baseline, setBaseline } = useChosenSets();
  const { segment } = useView();
  const [focus, setFocus] = useSetInFocus();
  const candidate = focus === baseline ? all.findLast((set) => set.name !== baseline)?.name : focus;
  if (!baseline || !candidate) {
    return (
      <EmptyState
        title="Two inference sets are needed"
        commands={["shoal upload inferences another_model --coco-results results.json"]}
      >
        Upload a second model's inferences to compare it with the first.
      </EmptyState>
    );
  }
  return (
    <>
      <div className={classes.controls}>
        <SetPicker
          label="Candidate"
          value={candidate}
          onChange={(name) => name && setFocus(name)}
          except={baseline}
        />
        <span className={classes.dim}>against</span>
        <SetPicker
          label="Baseline"
          value={baseline}
          onChange={(name) => name && setBaseline(name)}
          except={candidate}
        />
        <span className={classes.dim}>on</span>
        <SegmentPicker />
        <MetricPicker />
        <AveragePicker />
      </div>
      <div className={classes.columns}>
        <ClassChanges baseline={baseline} candidate={candidate} segment={segment} />
        <SegmentChanges baseline={baseline} candidate={candidate} />
      </div>
      <Flips baseline={baseline} candidate={candidate} segment={segment} />
    </>
  );
}
