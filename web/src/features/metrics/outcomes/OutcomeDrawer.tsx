/** The outcomes behind a number, in a drawer over the page that showed it. */

import { Button, Drawer, SegmentedControl, Select } from "@mantine/core";
import { useCallback, useMemo, useState } from "react";
import { useOutcomes } from "@/api/numbers";
import { BACKGROUND } from "@/core/colours";
import { countOf } from "@/core/numbers";
import { pagePath } from "@/core/paths";
import { allOf } from "@/core/queries";
import { thresholdOf, type ViewSearch } from "@/core/url";
import { useAddToSegment, useAddToSegmentRequest } from "@/state/addToSegment";
import { useOperatingPoint } from "@/state/operatingPoint";
import { usePlace } from "@/state/place";
import { useHasBoxes } from "@/state/task";
import { useView } from "@/state/view";
import { AppLink } from "@/ui/AppLink";
import { EmptyState, ErrorState, LoadingState } from "@/ui/States";
import { useToasts } from "@/ui/Toasts";
import { ViewQueryBar } from "@/ui/ViewQueryBar";
import { useDrill } from "../useLooking";
import { type Drill, drillQuery, drillTitle, objectsWhere } from "./drill";
import { fetchFrames } from "./frames";
import { ObjectFilters } from "./ObjectFilters";
import { OutcomeGrid } from "./OutcomeGrid";
import classes from "./Outcomes.module.css";
import { useOutcomeSelection } from "./useOutcomeSelection";

/** The drawer; closed while the address opens no number. */
export function OutcomeDrawer() {
  const [drill, openDrill] = useDrill();
  const { request } = useAddToSegmentRequest();
  return (
    <Drawer
      // Escape closes what lies on top: the dialog of Add to Segment first.
      closeOnEscape={request === null}
      opened={drill !== undefined}
      onClose={() => openDrill(undefined)}
      position="right"
      size="min(760px, 100vw)"
      title={drill ? <span className={`${classes.name} user-text`}>{drillTitle(drill)}</span> : null}
      closeButtonProps={{ "aria-label": "Close" }}
      classNames={{ body: classes.body ?? "", content: classes.content ?? "", title: classes.title ?? "" }}
    >
      {drill ? <Outcomes key={JSON.stringify(drill)} drill={drill} onChange={openDrill} /> : null}
    </Drawer>
  );
}

const SORTS = [
  { value: "-confidence", label: "Surest first" },
  { value: "confidence", label: "Least sure first" },
  { value: "-iou", label: "Greatest IoU first" },
  { value: "iou", label: "Least IoU first" },
  { value: "-area_px", label: "Largest first" },
  { value: "area_px", label: "Smallest first" },
  { value: "frame_id", label: "By frame" },
];

/** What was missed has neither confidence nor IoU. */
const MISSED_SORTS = SORTS.filter(({ value }) => !/confidence|iou/.test(value));
const isMissed = ({ kind, predicted }: Drill) => kind === "false_negative" || predicted === BACKGROUND;

const KINDS = [
  { value: "", label: "All" },
  { value: "true_positive", label: "Found" },
  { value: "confusion", label: "Confused" },
  { value: "false_negative", label: "Missed" },
  { value: "false_positive", label: "False alarms" },
];

function Outcomes({ drill, onChange }: { drill: Drill; onChange: (drill: Drill) => void }) {
  const place = usePlace();
  const { q, sets, baseline, conf, iou } = useView();
  const point = useOperatingPoint();
  const hasBoxes = useHasBoxes();
  const fitting = isMissed(drill) ? MISSED_SORTS : SORTS;
  const sorts = hasBoxes ? fitting : fitting.filter(({ value }) => !/iou|area_px/.test(value));
  const [chosen, setSort] = useState<string>();
  const sort = sorts.find(({ value }) => value === chosen)?.value ?? sorts[0]?.value ?? "frame_id";
  const [isWhole, setIsWhole] = useState(false);
  const request = {
    inferenceSet: drill.set,
    segment: drill.segment,
    truth: drill.truth,
    predicted: drill.predicted,
    kind: drill.kind,
    query: q,
    where: objectsWhere(drill),
    sort,
    confidence: thresholdOf(point.confidence, drill.set),
    iou: thresholdOf(point.iou, drill.set),
  };
  const found = useOutcomes(place, request, { limit: 120 });
  const pages = useMemo(() => found.data?.pages.map((page) => page.items) ?? [], [found.data]);
  const items = useMemo(() => pages.flat(), [pages]);
  const total = found.data?.pages[0]?.total ?? 0;
  const selection = useOutcomeSelection(items, total, JSON.stringify(request));
  const { fetchNextPage, isFetchingNextPage } = found;
  const more = useCallback(() => {
    if (!isFetchingNextPage) void fetchNextPage();
  }, [fetchNextPage, isFetchingNextPage]);
  const shared: ViewSearch = useMemo(() => ({ sets, baseline, conf, iou }), [sets, baseline, conf, iou]);
  const query = allOf(drillQuery(drill), q);
  const context = found.data?.pages[0]?.context;
  return (
    <>
      <div className={classes.about}>
        <span className="user-text">
          {drill.set} · {drill.segment ?? "All Frames"}
          {context ? ` · confidence ${context.confidence}` : null}
          {context && hasBoxes ? ` · IoU ${context.iou}` : null}
        </span>
        <ViewQueryBar inferenceSet={drill.set} segment={drill.segment} />
        <div className={classes.controls}>
          {drill.truth && drill.predicted ? null : (
            <SegmentedControl
              aria-label="Kind of outcome"
              value={drill.kind ?? ""}
              onChange={(kind) => onChange({ ...drill, kind: kind || undefined })}
              data={KINDS}
            />
          )}
          <ObjectFilters drill={drill} onChange={onChange} />
          <Select
            aria-label="Order"
            w={160}
            data={sorts}
            value={sort}
            onChange={(value) => value && setSort(value)}
            allowDeselect={false}
          />
          <SegmentedControl
            aria-label="Pictures"
            value={isWhole ? "whole" : "close"}
            onChange={(value) => setIsWhole(value === "whole")}
            data={[
              { value: "close", label: "Close-up" },
              { value: "whole", label: "Whole image" },
            ]}
          />
        </div>
      </div>
      {found.error ? (
        <ErrorState error={found.error} onRetry={() => void found.refetch()} />
      ) : found.isPending ? (
        <LoadingState label="Looking up outcomes" />
      ) : total === 0 ? (
        <EmptyState
          title="No such outcomes"
          action={
            request.where ? (
              <Button
                variant="default"
                onClick={() => onChange({ ...drill, size: undefined, attribute: undefined })}
              >
                Objects of every kind
              </Button>
            ) : null
          }
        >
          Nothing of this kind at this operating point.
        </EmptyState>
      ) : (
        <OutcomeGrid
          set={drill.set}
          pages={pages}
          hasMore={found.hasNextPage}
          onMore={more}
          isWhole={isWhole}
          isAlike={Boolean(drill.truth && drill.predicted)}
          selection={selection}
          view={shared}
        />
      )}
      <footer className={classes.footer}>
        <span role="status">
          {countOf(total, "outcome")}
          {selection.count ? ` · ${selection.count.toLocaleString("en")} selected` : null}
        </span>
        <Button
          variant="default"
          onClick={selection.isAll ? selection.clear : selection.selectAll}
          disabled={total === 0}
        >
          {selection.isAll ? "Select none" : "Select all"}
        </Button>
        <span className={classes.space} />
        <AppLink
          href={pagePath(place, "explore", { ...shared, q: query || undefined })}
          className={classes.explore}
        >
          Open in Explore
        </AppLink>
        <AddFrames
          drill={drill}
          query={query}
          frames={selection.frames}
          isAll={selection.isAll}
          count={selection.count}
        />
      </footer>
    </>
  );
}

interface AddFramesProps {
  readonly drill: Drill;
  readonly query: string;
  readonly frames: readonly string[];
  readonly isAll: boolean;
  readonly count: number;
}

function AddFrames({ drill, query, frames, isAll, count }: AddFramesProps) {
  const place = usePlace();
  const point = useOperatingPoint();
  const { fail } = useToasts();
  const addToSegment = useAddToSegment();
  const [isGathering, setIsGathering] = useState(false);
  const confidence = thresholdOf(point.confidence, drill.set);
  const iou = thresholdOf(point.iou, drill.set);
  const add = async () => {
    let ids = frames;
    if (isAll) {
      setIsGathering(true);
      try {
        ids = await fetchFrames(place, { query, inferenceSet: drill.set, confidence, iou });
      } catch (error) {
        fail(error);
        return;
      } finally {
        setIsGathering(false);
      }
    }
    // A query is judged at each set's own operating point; at another one the frames are named instead.
    const isOwnPoint = confidence === undefined && iou === undefined;
    addToSegment({
      where: isAll && isOwnPoint ? { query } : { ids: [...ids] },
      count: ids.length,
      elements: "frames",
      inferenceSet: drill.set,
      suggestedName: [drill.segment, drillTitle(drill)].filter(Boolean).join(": "),
      ...(drill.kind === "true_positive" || (drill.truth && drill.truth === drill.predicted)
        ? {}
        : { selectedOn: drill.set }),
    });
  };
  return (
    <Button onClick={() => void add()} disabled={count === 0} loading={isGathering}>
      Add to Segment
    </Button>
  );
}
