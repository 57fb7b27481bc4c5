/** What is done with near-duplicates: into a segment, or out of a split. */

import { Button } from "@mantine/core";
import { useState } from "react";
import { type DuplicatesAsked, fetchDuplicates } from "@/api/embeddings";
import { useChangeElements, useSegment } from "@/api/segments";
import type { DuplicateGroup, SegmentBody } from "@/api/types";
import { countOf } from "@/core/numbers";
import { segmentPath } from "@/core/paths";
import { useAddToSegment } from "@/state/addToSegment";
import { usePlace } from "@/state/place";
import { ConfirmDialog } from "@/ui/ConfirmDialog";
import { useToasts } from "@/ui/Toasts";
import classes from "./discover.module.css";
import { elementsOf } from "./leaks";

interface AddAllProps {
  readonly asked: DuplicatesAsked;
  readonly pick: (groups: readonly DuplicateGroup[]) => readonly string[];
  /** What is added, after the button's word. */
  readonly about: string;
  readonly suggestedName: string;
  readonly children: string;
}

/** Opens Add to Segment with elements of all groups, also of those not shown yet. */
export function AddAll({ asked, pick, about, suggestedName, children }: AddAllProps) {
  const place = usePlace();
  const addToSegment = useAddToSegment();
  const { fail } = useToasts();
  const [isBusy, setIsBusy] = useState(false);
  const open = async () => {
    setIsBusy(true);
    try {
      const ids = pick(await fetchDuplicates(place, asked));
      addToSegment({
        where: { ids: [...ids] },
        count: ids.length,
        elements: asked.elements ?? "frames",
        inferenceSet: asked.inference_set ?? undefined,
        suggestedName,
        suggestedType: "bucket",
      });
    } catch (error) {
      fail(error);
    } finally {
      setIsBusy(false);
    }
  };
  return (
    <Button
      variant="default"
      loading={isBusy}
      aria-label={`${children}: ${about}`}
      onClick={() => void open()}
    >
      {children}
    </Button>
  );
}

interface RemoveAllProps {
  readonly asked: DuplicatesAsked;
  readonly segment: string;
  readonly count: number;
  readonly others: readonly string[];
}

/** Takes every leaking element out of a split, after a question. */
export function RemoveAll({ asked, segment, count, others }: RemoveAllProps) {
  const place = usePlace();
  return (
    <Remove
      segment={segment}
      count={count}
      others={others}
      about={`leaking frames of ${segment}`}
      ids={async () => elementsOf(await fetchDuplicates(place, asked), segment)}
    >
      Remove from split
    </Remove>
  );
}

interface RemoveProps {
  readonly segment: string;
  readonly count: number;
  /** Where the like of them stays. */
  readonly others: readonly string[];
  readonly ids: () => Promise<readonly string[]>;
  /** What is removed, after the button's word. */
  readonly about: string;
  readonly children: string;
  readonly isQuiet?: boolean;
}

/** Takes elements out of a segment, after a question: its next version, which can be undone. */
export function Remove(props: RemoveProps) {
  const { segment, count, others, about, children, isQuiet = false } = props;
  const [isAsking, setIsAsking] = useState(false);
  const { body, isBusy, remove } = useRemove(props, () => setIsAsking(false));
  return (
    <>
      {isQuiet ? (
        <button
          type="button"
          className={classes.textButton}
          aria-label={`${children}: ${about}`}
          disabled={!body}
          onClick={() => setIsAsking(true)}
        >
          {children}
        </button>
      ) : (
        <Button
          variant="default"
          aria-label={`${children}: ${about}`}
          disabled={!body}
          onClick={() => setIsAsking(true)}
        >
          {children}
        </Button>
      )}
      <ConfirmDialog
        opened={isAsking}
        title={`Remove ${countOf(count, "frame")} from ${segment}?`}
        action="Remove"
        isBusy={isBusy}
        onConfirm={() => void remove()}
        onClose={() => setIsAsking(false)}
      >
        {count === 1 ? "It is a near-duplicate" : "They are near-duplicates"} of frames in {others.join(", ")}
        . The dataset keeps {count === 1 ? "it" : "them"}; {segment} gets version {(body?.version ?? 0) + 1}{" "}
        without, and its scores follow.
      </ConfirmDialog>
    </>
  );
}

/** The change itself, told with a way back; `onEnd` comes after it, done or not. */
function useRemove({ segment, others, ids }: RemoveProps, onEnd: () => void) {
  const place = usePlace();
  const { data: body } = useSegment(place, segment);
  const [isBusy, setIsBusy] = useState(false);
  const change = useChangeElements(place);
  const { tell, fail } = useToasts();
  const restore = (changed: SegmentBody, version: number) =>
    change.mutate(
      {
        segment: changed.name,
        revision: changed.revision,
        add: { segment: changed.name, version },
        note: `undo: as version ${version}`,
      },
      { onError: fail },
    );
  const remove = async () => {
    if (!body) return;
    setIsBusy(true);
    try {
      const changed = await change.mutateAsync({
        segment: body.name,
        revision: body.revision,
        remove: { ids: [...(await ids())] },
        note: `near-duplicates of ${others.join(", ")}`,
      });
      tell({
        text: `Removed ${countOf(body.n_elements - changed.n_elements, "frame")} from ${changed.name}; this is version ${changed.version}.`,
        href: segmentPath(place, changed.name, { tab: "history" }),
        link: "Open its history",
        action: { name: "Undo", run: () => restore(changed, body.version) },
      });
    } catch (error) {
      fail(error);
    } finally {
      setIsBusy(false);
      onEnd();
    }
  };
  return { body, isBusy, remove };
}
