/** All inference sets on the segment, against targets and baseline. */

import { Button } from "@mantine/core";
import { useState } from "react";
import type { SegmentMetrics, SegmentSucceeds } from "@/api/types";
import { formatCount, formatPercent, formatScore } from "@/core/numbers";
import { type Place, pagePath } from "@/core/paths";
import { type Column, DataTable, type Sorting } from "@/ui/DataTable";
import { NumberLink } from "@/ui/NumberLink";
import { ScoreCell } from "@/ui/ScoreCell";
import { VerdictMark } from "@/ui/VerdictMark";
import { useSegmentEdits } from "./edits";
import classes from "./MetricsTab.module.css";
import { rowOf, type ScoreName, scoreKey, scoreTitle, targetsVerdict } from "./targets";

const SHOWN = 50;

/** The scores shown, one column each. */
export interface ScoresTableProps {
  readonly metrics: SegmentMetrics;
  readonly scores: readonly ScoreName[];
  readonly baseline: string | undefined;
}

/** The table, in order of upload until sorted. */
export function ScoresTable({ metrics, scores, baseline }: ScoresTableProps) {
  const { place, segment } = useSegmentEdits();
  const [sorting, setSorting] = useState<Sorting | undefined>(undefined);
  const [isWhole, setIsWhole] = useState(false);
  const first = scores[0];
  const columns: Column<SegmentSucceeds>[] = [
    {
      key: "set",
      head: "Inference set",
      by: (item) => metrics.items.indexOf(item),
      cell: (item) => (
        <>
          <span className={`${classes.setName} one-line`} title={item.inference_set}>
            {item.inference_set}
          </span>{" "}
          {item.inference_set === baseline ? <span className={classes.baselineMark}>baseline</span> : null}
        </>
      ),
    },
    ...(segment.targets.length ? [{ key: "targets", head: "Targets", cell: allTargets }] : []),
    ...scores.map((score) => scoreColumn(place, metrics, score, baseline)),
    {
      key: "labels",
      head: "Labels",
      isNumber: true,
      cell: (item) => formatCount(first && rowOf(metrics, item.inference_set, first)?.n_labels),
    },
    {
      key: "coverage",
      head: "Covered",
      isNumber: true,
      cell: (item) => formatPercent(first && rowOf(metrics, item.inference_set, first)?.coverage),
    },
  ];
  const items = isWhole ? metrics.items : metrics.items.slice(-SHOWN);
  return (
    <div className={classes.scroll}>
      <DataTable
        label="Inference sets on this segment"
        columns={columns}
        rows={items}
        rowKey={(item) => item.inference_set}
        sorting={sorting}
        onSort={setSorting}
      />
      {items.length < metrics.items.length ? (
        <Button variant="subtle" onClick={() => setIsWhole(true)}>
          Show all {formatCount(metrics.items.length)}
        </Button>
      ) : null}
    </div>
  );
}

function scoreColumn(
  place: Place,
  metrics: SegmentMetrics,
  score: ScoreName,
  baseline: string | undefined,
): Column<SegmentSucceeds> {
  return {
    key: scoreKey(score),
    head: scoreTitle(score),
    by: (item) => rowOf(metrics, item.inference_set, score)?.value ?? null,
    cell: (item) => {
      const row = rowOf(metrics, item.inference_set, score);
      if (!row) return null;
      const href = pagePath(place, "metrics", {
        tab: "metrics",
        segment: metrics.segment,
        sets: [item.inference_set],
        ...(baseline ? { baseline } : {}),
        ...(score.className ? { class: score.className } : {}),
      });
      return (
        <ScoreCell score={row}>
          <NumberLink href={href} label={`metrics of ${item.inference_set} on this segment`}>
            {formatScore(row.value)}
          </NumberLink>
        </ScoreCell>
      );
    },
  };
}

function allTargets(item: SegmentSucceeds) {
  return <VerdictMark verdict={targetsVerdict(item)} />;
}
