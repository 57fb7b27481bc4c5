/** Changes of one segment: what fails because somebody else changed it is told with a way out. */

import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from "react";
import { problemOf } from "@/api/problem";
import { segmentOptions } from "@/api/segments";
import type { SegmentBody } from "@/api/types";
import type { Place } from "@/core/paths";
import { IconRefresh } from "@/ui/icons";
import { useToasts } from "@/ui/Toasts";
import classes from "./SegmentPage.module.css";

/** The segment under change. */
export interface SegmentEdits {
  readonly place: Place;
  readonly segment: SegmentBody;
  /** Give a failed change to this: a conflict stays on the page until it is solved. */
  readonly fail: (error: unknown) => void;
}

const Context = createContext<SegmentEdits | null>(null);

/** The segment of the page. */
export function useSegmentEdits(): SegmentEdits {
  const edits = useContext(Context);
  if (edits === null) throw new Error("This component needs a SegmentEditsProvider around it.");
  return edits;
}

/** Holds the segment of the page and what went wrong with it. */
export function SegmentEditsProvider({
  place,
  segment,
  children,
}: {
  place: Place;
  segment: SegmentBody;
  children: ReactNode;
}) {
  const [isConflict, setIsConflict] = useState(false);
  const { fail: tellFailure } = useToasts();
  const fail = useCallback(
    (error: unknown) => (problemOf(error).code === "conflict" ? setIsConflict(true) : tellFailure(error)),
    [tellFailure],
  );
  const edits = useMemo(() => ({ place, segment, fail }), [place, segment, fail]);
  return (
    <Context value={edits}>
      {isConflict ? (
        <Conflict place={place} name={segment.name} onSolved={() => setIsConflict(false)} />
      ) : null}
      {children}
    </Context>
  );
}

function Conflict({ place, name, onSolved }: { place: Place; name: string; onSolved: () => void }) {
  const kept = useQueryClient();
  const [isBusy, setIsBusy] = useState(false);
  const reload = async () => {
    setIsBusy(true);
    await kept.refetchQueries({ queryKey: segmentOptions(place, name).queryKey });
    onSolved();
  };
  return (
    <div className={classes.conflict} role="alert">
      <span>
        <strong>Not saved:</strong> somebody else changed this segment since you opened it. Reload it, look
        again, and repeat your change.
      </span>
      <Button
        variant="default"
        leftSection={<IconRefresh size={14} />}
        loading={isBusy}
        onClick={() => void reload()}
      >
        Reload segment
      </Button>
    </div>
  );
}
