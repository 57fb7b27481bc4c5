/** What a segment holds: looked at, taken away, added to. */

import { Button } from "@mantine/core";
import { useCallback, useMemo, useRef, useState } from "react";
import { useChangeElements } from "@/api/segments";
import { useElementPages } from "@/api/selections";
import { countOf } from "@/core/numbers";
import {
  allMatching,
  idsBetween,
  NOTHING,
  type Selection,
  selectionCount,
  selectionWhere,
  toggled,
  type Where,
  withIds,
} from "@/core/selection";
import { useExtra } from "@/state/view";
import { IconPlus, IconSimilar, IconTrash } from "@/ui/icons";
import { EmptyState, ErrorState, LoadingState } from "@/ui/States";
import { AddElements } from "./AddElements";
import { ElementGrid } from "./ElementGrid";
import classes from "./ElementsTab.module.css";
import { useSegmentEdits } from "./edits";
import { ELEMENT_NOUNS } from "./links";
import { SIMILAR, SimilaritySearch } from "./similarity/SimilaritySearch";
import { useUndo } from "./undo";

const CROP_COLUMNS = ["frame_id", "class", "x", "y", "w", "h"];

/** The elements of the current version, or of the one in the address; or what else may belong. */
export function ElementsTab() {
  const [similar] = useExtra(SIMILAR);
  return similar ? <SimilaritySearch /> : <Elements />;
}

function Elements() {
  const { place, segment } = useSegmentEdits();
  const [asked, setAsked] = useExtra("version");
  const version = asked && Number(asked) !== segment.version ? Number(asked) : undefined;
  const isFrames = segment.elements === "frames";
  const where: Where = useMemo(
    () => (version === undefined ? { segment: segment.name } : { segment: segment.name, version }),
    [segment.name, version],
  );
  const pages = useElementPages(place, {
    selection: where,
    elements: segment.elements,
    ...(segment.inference_set ? { inference_set: segment.inference_set } : {}),
    ...(isFrames ? {} : { columns: CROP_COLUMNS }),
  });
  const rows = useMemo(() => pages.data?.pages.flatMap((page) => page.items) ?? [], [pages.data]);
  const total = pages.data?.pages[0]?.count ?? 0;
  const { selection, setSelection, toggle } = useGridSelection(rows.map((row) => row.id));
  const [isAdding, setIsAdding] = useState(false);

  const { fetchNextPage, hasNextPage, isFetching } = pages;
  const onEnd = useCallback(() => {
    if (hasNextPage && !isFetching) void fetchNextPage();
  }, [hasNextPage, isFetching, fetchNextPage]);

  if (pages.error) return <ErrorState error={pages.error} onRetry={() => void pages.refetch()} />;
  if (!pages.data) return <LoadingState label="Loading elements" />;
  const noun = ELEMENT_NOUNS[segment.elements];
  return (
    <div className={classes.tab}>
      <div className={classes.bar}>
        <output className={classes.count}>{countOf(total, noun)}</output>
        {version === undefined ? (
          <Changes
            selection={selection}
            total={total}
            noun={noun}
            onSelectAll={() => setSelection(allMatching(where, total))}
            onClear={() => setSelection(NOTHING)}
            onAdd={() => setIsAdding(true)}
          />
        ) : (
          <OldVersion version={version} onLeave={() => setAsked(undefined)} />
        )}
      </div>
      {total === 0 ? (
        <EmptyState title={`No ${noun}s in this version`}>Add some by a query or by their ids.</EmptyState>
      ) : (
        <ElementGrid
          place={place}
          rows={rows}
          isFrames={isFrames}
          selection={selection}
          canSelect={version === undefined}
          onToggle={toggle}
          onEnd={onEnd}
        />
      )}
      <AddElements opened={isAdding} onClose={() => setIsAdding(false)} />
    </div>
  );
}

interface ChangesProps {
  readonly selection: Selection;
  readonly total: number;
  readonly noun: string;
  readonly onSelectAll: () => void;
  readonly onClear: () => void;
  readonly onAdd: () => void;
}

function Changes({ selection, total, noun, onSelectAll, onClear, onAdd }: ChangesProps) {
  const { place, segment, fail } = useSegmentEdits();
  const change = useChangeElements(place);
  const offerUndo = useUndo();
  const [, setSimilar] = useExtra(SIMILAR);
  const n = selectionCount(selection);
  const remove = () => {
    const where = selectionWhere(selection);
    if (!where) return;
    change.mutate(
      { segment: segment.name, revision: segment.revision, remove: where },
      {
        onSuccess: (changed) => {
          onClear();
          offerUndo(
            `Removed ${countOf(n, noun)}; this is version ${changed.version}.`,
            segment.version,
            changed,
          );
        },
        onError: fail,
      },
    );
  };
  return (
    <>
      {n > 0 ? <span className={classes.chosen}>{countOf(n, noun)} selected</span> : null}
      <div className={classes.actions}>
        {n > 0 ? (
          <Button variant="default" onClick={onClear}>
            Clear
          </Button>
        ) : null}
        <Button variant="default" onClick={onSelectAll} disabled={total === 0 || n === total}>
          Select all
        </Button>
        <Button
          variant="default"
          leftSection={<IconTrash size={14} />}
          disabled={n === 0}
          loading={change.isPending}
          onClick={remove}
        >
          Remove from segment
        </Button>
        <Button variant="default" leftSection={<IconPlus size={14} />} onClick={onAdd}>
          Add elements
        </Button>
        <Button leftSection={<IconSimilar size={14} />} onClick={() => setSimilar("suggestions")}>
          Similarity Search
        </Button>
      </div>
    </>
  );
}

function OldVersion({ version, onLeave }: { version: number; onLeave: () => void }) {
  const { place, segment, fail } = useSegmentEdits();
  const change = useChangeElements(place);
  const offerUndo = useUndo();
  const old: Where = { segment: segment.name, version };
  const restore = () =>
    change.mutate(
      {
        segment: segment.name,
        revision: segment.revision,
        add: old,
        remove: { minus: [{ segment: segment.name }, old] },
        note: `as version ${version}`,
      },
      {
        onSuccess: (changed) => {
          onLeave();
          offerUndo(
            `Version ${changed.version} holds what version ${version} held.`,
            segment.version,
            changed,
          );
        },
        onError: fail,
      },
    );
  return (
    <>
      <span className={classes.chosen}>
        version {version} of {segment.version}, to look at
      </span>
      <div className={classes.actions}>
        <Button variant="default" onClick={onLeave}>
          Back to version {segment.version}
        </Button>
        <Button variant="default" loading={change.isPending} onClick={restore}>
          Make this the next version
        </Button>
      </div>
    </>
  );
}

/** A selection of what the grid shows: clicks turn elements over, shift-clicks take ranges. */
function useGridSelection(order: readonly string[]) {
  const [selection, setSelection] = useState<Selection>(NOTHING);
  const anchor = useRef<string | null>(null);
  const toggle = (id: string, isRange: boolean) => {
    const from = anchor.current;
    anchor.current = id;
    setSelection((now) =>
      isRange && from !== null ? withIds(now, idsBetween(order, from, id), true) : toggled(now, id),
    );
  };
  return { selection, setSelection, toggle };
}
