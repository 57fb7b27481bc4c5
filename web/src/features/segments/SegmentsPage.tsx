/** All segments of a dataset in sections by type, Model Performance first. */

import { Button, CloseButton, Menu, Select, TextInput } from "@mantine/core";
import { type ReactNode, useMemo, useState } from "react";
import { useInferenceSets } from "@/api/inferenceSets";
import { useSegments } from "@/api/segments";
import type { SegmentBody } from "@/api/types";
import { countOf } from "@/core/numbers";
import type { Place } from "@/core/paths";
import { SEGMENT_STATES, SEGMENT_TYPES, type SegmentState, type SegmentType } from "@/core/segments";
import { usePlace } from "@/state/place";
import { useExtra } from "@/state/view";
import { IconDown, IconSearch } from "@/ui/icons";
import { Page as PageFrame, Section } from "@/ui/Page";
import { EmptyState, ErrorState, LoadingState } from "@/ui/States";
import { CreateFromQuery, CreatePerValue } from "./CreateSegment";
import { DeleteSegment } from "./DeleteSegment";
import { filterSegments, type ListFilter, type Section as ListSection, sectionsOf } from "./listing";
import { SegmentRow } from "./SegmentRow";
import classes from "./SegmentsPage.module.css";

const TYPE_OPTIONS = SEGMENT_TYPES.map(({ type, name }) => ({ value: type, label: name }));
const STATE_OPTIONS = Object.entries(SEGMENT_STATES).map(([value, label]) => ({ value, label }));

type Dialog =
  | { readonly kind: "query" | "per-value" }
  | { readonly kind: "delete"; readonly segment: SegmentBody };

/** The segments page. */
export function Page() {
  const place = usePlace();
  const { data: segments, error, refetch } = useSegments(place);
  const newest = useInferenceSets(place).data?.at(-1)?.name;
  const { filter, setText, setType, setState, isNarrowed, clear } = useFilter();
  const [dialog, setDialog] = useState<Dialog | null>(null);
  const shown = useMemo(() => filterSegments(segments ?? [], filter), [segments, filter]);

  let content: ReactNode;
  if (error) content = <ErrorState error={error} onRetry={() => void refetch()} />;
  else if (!segments) content = <LoadingState label="Loading segments" />;
  else if (segments.length > 0 && shown.length === 0) {
    content = (
      <EmptyState
        title="No segment matches"
        action={
          <Button variant="default" onClick={clear}>
            Show all {countOf(segments.length, "segment")}
          </Button>
        }
      />
    );
  } else {
    content = (
      <Sections
        place={place}
        segments={shown}
        isNarrowed={isNarrowed}
        newest={newest}
        onDelete={(segment) => setDialog({ kind: "delete", segment })}
      />
    );
  }

  return (
    <PageFrame
      title="Segments"
      actions={
        <>
          <TextInput
            className={classes.search}
            aria-label="Search segments"
            placeholder="Search segments"
            leftSection={<IconSearch size={14} />}
            value={filter.text}
            onChange={(event) => setText(event.currentTarget.value)}
            rightSection={
              filter.text ? (
                <CloseButton size="xs" aria-label="Clear search" onClick={() => setText("")} />
              ) : null
            }
          />
          <Select
            className={classes.choice}
            aria-label="Type"
            placeholder="Every type"
            data={TYPE_OPTIONS}
            value={filter.type ?? null}
            onChange={setType}
            clearable
            clearButtonProps={{ "aria-label": "Every type" }}
          />
          <Select
            className={classes.choice}
            aria-label="State"
            placeholder="Every state"
            data={STATE_OPTIONS}
            value={filter.state ?? null}
            onChange={setState}
            clearable
            clearButtonProps={{ "aria-label": "Every state" }}
          />
          <CreateMenu onChoose={(kind) => setDialog({ kind })} />
        </>
      }
    >
      {content}
      <CreateFromQuery place={place} opened={dialog?.kind === "query"} onClose={() => setDialog(null)} />
      <CreatePerValue place={place} opened={dialog?.kind === "per-value"} onClose={() => setDialog(null)} />
      <DeleteSegment
        place={place}
        segment={dialog?.kind === "delete" ? dialog.segment : null}
        onClose={() => setDialog(null)}
      />
    </PageFrame>
  );
}

function CreateMenu({ onChoose }: { onChoose: (kind: "query" | "per-value") => void }) {
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button rightSection={<IconDown size={14} />}>Create segment</Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => onChoose("query")}>From a query…</Menu.Item>
        <Menu.Item onClick={() => onChoose("per-value")}>One per value of a field…</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

interface SectionsProps {
  readonly place: Place;
  readonly segments: readonly SegmentBody[];
  readonly isNarrowed: boolean;
  /** The inference set whose scores the rows show. */
  readonly newest: string | undefined;
  readonly onDelete: (segment: SegmentBody) => void;
}

function Sections({ place, segments, isNarrowed, newest, onDelete }: SectionsProps) {
  const { modelPerformance, others } = sectionsOf(segments);
  const isShown = (section: ListSection) => !isNarrowed || section.segments.length > 0;
  const table = (section: ListSection, number: number, all: readonly ListSection[]) => (
    <Section key={section.look.type} name={section.look.plural}>
      {section.segments.length ? (
        <SegmentTable
          place={place}
          section={section}
          newest={newest}
          hasHead={all.findIndex((one) => one.segments.length > 0) === number}
          onDelete={onDelete}
        />
      ) : (
        <p className={classes.none}>None yet. {section.look.about}</p>
      )}
    </Section>
  );
  const performance = modelPerformance.filter(isShown);
  return (
    <div className={classes.categories}>
      {performance.length ? (
        <section aria-label="Model Performance" className={classes.category}>
          <h2 className={classes.heading}>Model Performance</h2>
          {performance.map(table)}
        </section>
      ) : null}
      {others.length ? (
        <section aria-label="Other segments" className={classes.category}>
          <h2 className={classes.heading}>Other segments</h2>
          {others.map(table)}
        </section>
      ) : null}
    </div>
  );
}

interface SegmentTableProps {
  readonly place: Place;
  readonly section: ListSection;
  readonly newest: string | undefined;
  /** Columns are the same in all sections of a category, so the first one names them. */
  readonly hasHead: boolean;
  readonly onDelete: (segment: SegmentBody) => void;
}

function SegmentTable({ place, section, newest, hasHead, onDelete }: SegmentTableProps) {
  return (
    <div className={classes.scroll}>
      <table className={classes.table} aria-label={section.look.plural}>
        <colgroup>
          <col />
          <col className={classes.trendColumn} />
          <col className={classes.narrow} />
          <col className={classes.slim} />
          <col className={classes.wide} />
          <col className={classes.narrow} />
          <col className={classes.narrow} />
          <col className={classes.slimmest} />
        </colgroup>
        <thead className={hasHead ? undefined : classes.hidden}>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">{newest ? `Trend, newest ${newest}` : "Trend"}</th>
            <th scope="col" className={classes.number}>
              Elements
            </th>
            <th scope="col" className={classes.number}>
              Version
            </th>
            <th scope="col">Kept query</th>
            <th scope="col">State</th>
            <th scope="col">Owner</th>
            <th scope="col">
              <span className="visually-hidden">Actions</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {section.segments.map((segment) => (
            <SegmentRow key={segment.id} place={place} segment={segment} onDelete={onDelete} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** What narrows the list, kept in the address. */
function useFilter() {
  const [text = "", setText] = useExtra("find");
  const [type, setType] = useExtra("type");
  const [state, setState] = useExtra("state");
  const known = {
    type: SEGMENT_TYPES.find((look) => look.type === type)?.type as SegmentType | undefined,
    state: state !== undefined && state in SEGMENT_STATES ? (state as SegmentState) : undefined,
  };
  const filter: ListFilter = useMemo(
    () => ({ text, type: known.type, state: known.state }),
    [text, known.type, known.state],
  );
  return {
    filter,
    isNarrowed: Boolean(text || known.type || known.state),
    setText: (value: string) => setText(value, { replace: true }),
    setType: (value: string | null) => setType(value ?? undefined, { replace: true }),
    setState: (value: string | null) => setState(value ?? undefined, { replace: true }),
    clear: () => {
      setText(undefined, { replace: true });
      setType(undefined, { replace: true });
      setState(undefined, { replace: true });
    },
  };
}
