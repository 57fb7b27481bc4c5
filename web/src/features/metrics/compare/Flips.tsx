/** Frames one set got right and the other wrong, both ways side by side. */

import { Button } from "@mantine/core";
import { useState } from "react";
import { useFlips } from "@/api/numbers";
import { countOf } from "@/core/numbers";
import { pagePath } from "@/core/paths";
import { useAddToSegment } from "@/state/addToSegment";
import { useOperatingPoint } from "@/state/operatingPoint";
import { usePlace } from "@/state/place";
import { useView } from "@/state/view";
import { AppLink } from "@/ui/AppLink";
import { Section } from "@/ui/Page";
import { EmptyState, ErrorState, LoadingState } from "@/ui/States";
import { flipsQuery } from "../outcomes/drill";
import classes from "./Compare.module.css";
import { FlipGrid } from "./FlipGrid";

interface FlipsProps {
  readonly baseline: string;
  readonly candidate: string;
  readonly segment: string | undefined;
}

const SHOWN = 60;

/** Both lists. */
export function Flips({ baseline, candidate, segment }: FlipsProps) {
  const place = usePlace();
  const { confidence, iou, isMoving } = useOperatingPoint();
  const isPerSet = typeof confidence === "object" || typeof iou === "object";
  const flips = useFlips(
    place,
    {
      baseline,
      candidate,
      segment,
      confidence: typeof confidence === "number" ? confidence : undefined,
      iou: typeof iou === "number" ? iou : undefined,
    },
    { enabled: !isMoving },
  );
  if (flips.error) return <ErrorState error={flips.error} onRetry={() => void flips.refetch()} />;
  if (!flips.data) return <LoadingState label="Looking for flips" />;
  const { broken, mended, n_shared_frames: n } = flips.data;
  return (
    <Section name="Flips">
      <p className={classes.dim}>
        A frame is right when all its outcomes are. {countOf(n, "shared frame")}
        {segment ? ` of ${segment}` : ""}
        {isPerSet ? "; each set at its own stored operating point" : ""}
        {isMoving || flips.isPlaceholderData ? <span role="status"> · updating…</span> : null}
      </p>
      <div className={classes.columns}>
        <FlipList
          name={`Broken by ${candidate}`}
          about={`${baseline} right, ${candidate} wrong`}
          frames={broken}
          right={baseline}
          wrong={candidate}
          segment={segment}
        />
        <FlipList
          name={`Mended by ${candidate}`}
          about={`${baseline} wrong, ${candidate} right`}
          frames={mended}
          right={candidate}
          wrong={baseline}
          segment={segment}
        />
      </div>
    </Section>
  );
}

interface FlipListProps {
  readonly name: string;
  readonly about: string;
  readonly frames: readonly string[];
  readonly right: string;
  readonly wrong: string;
  readonly segment: string | undefined;
}

function FlipList({ name, about, frames, right, wrong, segment }: FlipListProps) {
  const place = usePlace();
  const view = useView();
  const addToSegment = useAddToSegment();
  const [picked, setPicked] = useState<{ readonly of: readonly string[]; readonly ids: ReadonlySet<string> }>(
    {
      of: frames,
      ids: new Set(),
    },
  );
  const ids = picked.of === frames ? picked.ids : new Set<string>();
  const [limit, setLimit] = useState(SHOWN);
  const shared = { sets: [right, wrong], baseline: view.baseline, conf: view.conf, iou: view.iou };
  const pick = (id: string) => {
    const next = new Set(ids);
    if (!next.delete(id)) next.add(id);
    setPicked({ of: frames, ids: next });
  };
  const chosen = ids.size ? [...ids] : [...frames];
  return (
    <section aria-label={name} className={classes.flips}>
      <header className={classes.flipsHead}>
        <div>
          <h3 className="user-text">
            {name}{" "}
            <span className={classes.count}>
              {countOf(frames.length, "frame")}
              {ids.size ? `, ${ids.size} selected` : ""}
            </span>
          </h3>
          <div className={`${classes.dim} user-text`}>{about}</div>
        </div>
        <span className={classes.space} />
        <AppLink
          className={classes.link}
          href={pagePath(place, "explore", { ...shared, q: flipsQuery(right, wrong, segment) })}
        >
          Open in Explore
        </AppLink>
        <Button
          variant="default"
          disabled={frames.length === 0}
          onClick={() =>
            addToSegment({
              where: { ids: chosen },
              count: chosen.length,
              elements: "frames",
              suggestedName: name,
              selectedOn: wrong,
            })
          }
        >
          Add to Segment
        </Button>
      </header>
      {frames.length === 0 ? (
        <EmptyState title="No such frames" />
      ) : (
        <>
          <FlipGrid frames={frames.slice(0, limit)} ids={ids} onPick={pick} view={shared} />
          {frames.length > limit ? (
            <Button variant="subtle" onClick={() => setLimit(limit + SHOWN)}>
              Show more
            </Button>
          ) : null}
        </>
      )}
    </section>
  );
}
