/** How every inference set does on the segment: targets, trend by upload, table against the baseline. */

import { Select } from "@mantine/core";
import { useState } from "react";
import { useSegmentMetrics } from "@/api/segments";
import { useChosenSets } from "@/state/chosenSets";
import { EmptyState, ErrorState, LoadingState } from "@/ui/States";
import { useSegmentEdits } from "./edits";
import classes from "./MetricsTab.module.css";
import { ScoresTable } from "./ScoresTable";
import { TargetsEditor } from "./TargetsEditor";
import { TrendChart } from "./TrendChart";
import { leadingScore, scoreKey, scoresOf, scoreTitle } from "./targets";

/** The metrics of the segment. */
export function MetricsTab() {
  const { place, segment } = useSegmentEdits();
  const { all, baseline, newest, setBaseline, isLoading } = useChosenSets();
  const metrics = useSegmentMetrics(place, segment.name, baseline, { enabled: !isLoading });
  const [asked, setAsked] = useState<string | null>(null);

  if (metrics.error) return <ErrorState error={metrics.error} onRetry={() => void metrics.refetch()} />;
  if (isLoading || !metrics.data) return <LoadingState label="Scoring" />;
  if (all.length === 0) {
    return (
      <EmptyState
        title="No inference set yet"
        commands={[
          `shoal upload inferences v1 --coco-results v1.json --project ${place.project} --dataset ${place.dataset}`,
        ]}
      >
        Every inference set that is uploaded is scored on this segment, without being asked.
      </EmptyState>
    );
  }
  const scores = scoresOf(metrics.data);
  const leading = scores.find((score) => scoreKey(score) === scoreKey(leadingScore(segment.targets)));
  const shown = scores.find((score) => scoreKey(score) === asked) ?? leading ?? scores[0];
  return (
    <div className={classes.tab}>
      <TargetsEditor reference={baseline ?? newest} isBaseline={baseline !== undefined} />
      <section className={classes.part} aria-label="Inference sets">
        <header className={classes.head}>
          <h2 className={classes.title}>Inference sets in order of upload</h2>
          <div className={classes.choices}>
            {shown ? (
              <Select
                className={classes.choice}
                aria-label="Score of the trend"
                data={scores.map((score) => ({ value: scoreKey(score), label: scoreTitle(score) }))}
                value={scoreKey(shown)}
                allowDeselect={false}
                onChange={setAsked}
              />
            ) : null}
            {all.length > 1 ? (
              <Select
                className={classes.choice}
                aria-label="Baseline"
                data={all.map(({ name }) => ({ value: name, label: `against ${name}` }))}
                value={baseline ?? null}
                allowDeselect={false}
                onChange={(name) => name && setBaseline(name)}
              />
            ) : null}
          </div>
        </header>
        {shown ? <TrendChart metrics={metrics.data} score={shown} baseline={baseline} /> : null}
        <ScoresTable metrics={metrics.data} scores={scores} baseline={baseline} />
      </section>
    </div>
  );
}
