/** One segment: its elements, its metrics, its history; what it is about beside them. */

import { Button, Menu, Tabs } from "@mantine/core";
import { useState } from "react";
import { useSegment } from "@/api/segments";
import type { SegmentBody } from "@/api/types";
import { countOf } from "@/core/numbers";
import { type Place, pagePath } from "@/core/paths";
import { segmentType } from "@/core/segments";
import { useGo, usePathPart, usePlace } from "@/state/place";
import { useSetView, useView } from "@/state/view";
import { AppLink } from "@/ui/AppLink";
import { IconDown, IconDownload, IconExplore, IconTrash } from "@/ui/icons";
import { Page as PageFrame } from "@/ui/Page";
import { ErrorState, LoadingState } from "@/ui/States";
import { About } from "./About";
import { Comments } from "./Comments";
import { DeleteSegment } from "./DeleteSegment";
import { ElementsTab } from "./ElementsTab";
import { SegmentEditsProvider } from "./edits";
import { HistoryTab } from "./HistoryTab";
import { ELEMENT_NOUNS, explorePath, exportPath } from "./links";
import { MetricsTab } from "./MetricsTab";
import classes from "./SegmentPage.module.css";

const EXPORTS = [
  ["json", "JSON"],
  ["csv", "CSV"],
  ["coco", "COCO subset"],
] as const;

/** The page of the segment in the address. */
export function Page() {
  const place = usePlace();
  const name = usePathPart("segment") ?? "";
  const { data: segment, error, refetch } = useSegment(place, name);
  if (segment) return <Loaded key={segment.id} place={place} segment={segment} />;
  return (
    <PageFrame title={name.slice(0, 120)}>
      {error ? (
        <ErrorState
          error={error}
          onRetry={() => void refetch()}
          action={<AppLink href={pagePath(place, "segments")}>All segments</AppLink>}
        />
      ) : (
        <LoadingState label="Loading segment" />
      )}
    </PageFrame>
  );
}

function Loaded({ place, segment }: { place: Place; segment: SegmentBody }) {
  const view = useView();
  const setView = useSetView();
  const look = segmentType(segment.type);
  const isScored = look.isModelPerformance && segment.elements === "frames";
  const tabs = ["elements", ...(isScored ? ["metrics"] : []), "history"];
  const tab = view.tab && tabs.includes(view.tab) ? view.tab : "elements";
  return (
    <PageFrame
      title={segment.name}
      heading={
        <span className={classes.heading}>
          <AppLink href={pagePath(place, "segments")} className={classes.back}>
            Segments
          </AppLink>
          <span className={classes.slash} aria-hidden="true">
            ›
          </span>
          <span className={`${classes.name} user-text`}>{segment.name}</span>
        </span>
      }
      actions={<Actions place={place} segment={segment} />}
    >
      <p className={classes.facts}>
        {look.name} · {countOf(segment.n_elements, ELEMENT_NOUNS[segment.elements])} · version{" "}
        {segment.version}
        {segment.inference_set ? <> · of {segment.inference_set}</> : null}
      </p>
      <SegmentEditsProvider place={place} segment={segment}>
        <div className={classes.columns}>
          <Tabs
            value={tab}
            onChange={(next) => setView({ tab: next ?? undefined, q: undefined, extra: undefined })}
            className={classes.main}
            keepMounted={false}
          >
            <Tabs.List>
              <Tabs.Tab value="elements">Elements</Tabs.Tab>
              {isScored ? <Tabs.Tab value="metrics">Metrics</Tabs.Tab> : null}
              <Tabs.Tab value="history">History</Tabs.Tab>
            </Tabs.List>
            <Tabs.Panel value="elements" pt="md">
              <ElementsTab />
            </Tabs.Panel>
            {isScored ? (
              <Tabs.Panel value="metrics" pt="md">
                <MetricsTab />
              </Tabs.Panel>
            ) : null}
            <Tabs.Panel value="history" pt="md">
              <HistoryTab />
            </Tabs.Panel>
          </Tabs>
          <aside className={classes.aside} aria-label="About this segment">
            <About />
            <Comments />
          </aside>
        </div>
      </SegmentEditsProvider>
    </PageFrame>
  );
}

function Actions({ place, segment }: { place: Place; segment: SegmentBody }) {
  const go = useGo();
  const [isDeleting, setIsDeleting] = useState(false);
  return (
    <>
      <Button
        component={AppLink}
        href={explorePath(place, segment)}
        variant="default"
        leftSection={<IconExplore size={14} />}
      >
        Open in Explore
      </Button>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button
            variant="default"
            leftSection={<IconDownload size={14} />}
            rightSection={<IconDown size={14} />}
          >
            Export
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {EXPORTS.map(([format, label]) => (
            <Menu.Item key={format} component="a" href={exportPath(place, segment.name, format)} download>
              {label}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <Button variant="default" leftSection={<IconTrash size={14} />} onClick={() => setIsDeleting(true)}>
        Delete
      </Button>
      <DeleteSegment
        place={place}
        segment={isDeleting ? segment : null}
        onClose={() => setIsDeleting(false)}
        onDeleted={() => go(pagePath(place, "segments"), { replace: true })}
      />
    </>
  );
}
