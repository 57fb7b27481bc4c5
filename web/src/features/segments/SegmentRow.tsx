/** One segment in the list; what costs a request is asked once the row is in sight. */

import { ActionIcon, Tooltip } from "@mantine/core";
import { useIntersection } from "@mantine/hooks";
import { useEffect, useState } from "react";
import { useSegmentDifference, useSegmentMetrics } from "@/api/segments";
import type { SegmentBody } from "@/api/types";
import { formatCount, formatScore } from "@/core/numbers";
import { type Place, segmentPath } from "@/core/paths";
import { SEGMENT_STATES, segmentType } from "@/core/segments";
import { AppLink } from "@/ui/AppLink";
import { IconTrash } from "@/ui/icons";
import { VerdictMark } from "@/ui/VerdictMark";
import { differenceWords } from "./difference";
import { ELEMENT_NOUNS } from "./links";
import classes from "./SegmentsPage.module.css";
import { Sparkline } from "./Sparkline";
import { leadingScore, rowOf, scoreTitle, targetsVerdict } from "./targets";

const SHOWN_SETS = 12;

/** A segment, and what its row can do. */
export interface SegmentRowProps {
  readonly place: Place;
  readonly segment: SegmentBody;
  readonly onDelete: (segment: SegmentBody) => void;
}

/** One row. */
export function SegmentRow({ place, segment, onDelete }: SegmentRowProps) {
  const { ref, entry } = useIntersection<HTMLTableRowElement>({ rootMargin: "200px" });
  const [wasSeen, setWasSeen] = useState(false);
  useEffect(() => {
    if (entry?.isIntersecting) setWasSeen(true);
  }, [entry]);
  return (
    <tr ref={ref}>
      <td className={classes.name}>
        <AppLink
          href={segmentPath(place, segment.name)}
          className="one-line"
          title={segment.name.slice(0, 300)}
        >
          {segment.name}
        </AppLink>
        {segment.description ? (
          <div className={`${classes.description} one-line`}>{segment.description}</div>
        ) : null}
      </td>
      <td>
        {segmentType(segment.type).isModelPerformance && segment.elements === "frames" ? (
          <Trend place={place} segment={segment} isSeen={wasSeen} />
        ) : null}
      </td>
      <td className={classes.number}>
        {formatCount(segment.n_elements)}
        {segment.elements === "frames" ? null : (
          <span className={classes.dim}> {ELEMENT_NOUNS[segment.elements]}s</span>
        )}
      </td>
      <td className={classes.number}>v{segment.version}</td>
      <td>
        <Difference place={place} segment={segment} isSeen={wasSeen} />
      </td>
      <td>{SEGMENT_STATES[segment.state]}</td>
      <td>
        <div className="one-line">{segment.owner || <span className={classes.dim}>–</span>}</div>
      </td>
      <td>
        <Tooltip label="Delete">
          <ActionIcon aria-label={`Delete ${segment.name.slice(0, 80)}`} onClick={() => onDelete(segment)}>
            <IconTrash size={16} />
          </ActionIcon>
        </Tooltip>
      </td>
    </tr>
  );
}

interface PartProps {
  readonly place: Place;
  readonly segment: SegmentBody;
  readonly isSeen: boolean;
}

function Trend({ place, segment, isSeen }: PartProps) {
  const { data } = useSegmentMetrics(place, segment.name, undefined, { enabled: isSeen });
  if (!data?.items.length) return null;
  const score = leadingScore(segment.targets);
  const shown = data.items.slice(-SHOWN_SETS);
  const rows = shown.map((item) => rowOf(data, item.inference_set, score));
  const last = rows.at(-1);
  const newest = shown.at(-1);
  return (
    <div className={classes.trend}>
      <Sparkline
        values={rows.map((row) => row?.value ?? null)}
        target={segment.targets[0]?.minimum ?? null}
        label={`${scoreTitle(score)} of ${shown.map((item) => item.inference_set).join(", ")}`}
      />
      <div className={classes.meaning}>
        <div className={classes.score}>
          {formatScore(last?.value)}
          {segment.targets.length && newest ? (
            <VerdictMark
              verdict={targetsVerdict(newest)}
              reason={`${newest.inference_set} against ${segment.targets.length === 1 ? "the target" : "all targets"}`}
            />
          ) : null}
        </div>
        <div className="one-line">{scoreTitle(score)}</div>
      </div>
    </div>
  );
}

function Difference({ place, segment, isSeen }: PartProps) {
  const { data, error } = useSegmentDifference(place, segment.name, {
    enabled: isSeen && Boolean(segment.query),
  });
  if (!segment.query) return <span className={classes.dim}>by hand</span>;
  if (error) return <span className={classes.dim}>cannot be asked</span>;
  if (!data) return null;
  if (data.n_add === 0 && data.n_remove === 0) return <span className={classes.dim}>as the query</span>;
  return (
    <AppLink href={segmentPath(place, segment.name, { tab: "history" })} className={classes.difference}>
      query would {differenceWords(data.n_add, data.n_remove)}
    </AppLink>
  );
}
