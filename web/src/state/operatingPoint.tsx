/** The operating point: in the address once chosen, in memory while a slider moves. */

import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from "react";
import { useProject } from "@/api/projects";
import type { Threshold } from "@/core/url";
import { usePlace } from "./place";
import { useSetView, useView } from "./view";

interface Moving {
  readonly conf?: Threshold | undefined;
  readonly iou?: Threshold | undefined;
  /** At rest, but the address does not say so yet: without it the old numbers would come back for a moment. */
  readonly isSettled?: boolean;
}

const MovingContext = createContext<readonly [Moving | null, (moving: Moving | null) => void]>([
  null,
  () => {},
]);

/** Holds sliders on the move; once per dataset. */
export function OperatingPointProvider({ children }: { children: ReactNode }) {
  const state = useState<Moving | null>(null);
  const [, setMoving] = state;
  const { conf, iou } = useView();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the address has changed, whatever it says
  useEffect(() => setMoving((now) => (now?.isSettled ? null : now)), [setMoving, conf, iou]);
  return <MovingContext value={state}>{children}</MovingContext>;
}

/** The operating point numbers are asked at. */
export interface OperatingPoint {
  /** For requests: a number, one per set, or `undefined` for each set's own. */
  readonly confidence: Threshold | undefined;
  readonly iou: Threshold | undefined;
  /** What a set without settings of its own is judged at. */
  readonly defaults: { readonly confidence: number; readonly iou: number };
  /** Whether a slider is on the move: ask for values without statistics. */
  readonly isMoving: boolean;
  /** While the slider moves. */
  readonly move: (change: Moving) => void;
  /** When it comes to rest: written to the address; `undefined` returns to each set's own. */
  readonly settle: (change: { conf?: Threshold | undefined; iou?: Threshold | undefined }) => void;
}

/** Read and change the operating point. */
export function useOperatingPoint(): OperatingPoint {
  const view = useView();
  const setView = useSetView();
  const { data: project } = useProject(usePlace().project);
  const [moving, setMoving] = useContext(MovingContext);
  const settle = useCallback<OperatingPoint["settle"]>(
    (change) => {
      setMoving({ ...change, isSettled: true });
      setView(change, { replace: true });
    },
    [setMoving, setView],
  );
  return useMemo(
    () => ({
      confidence: moving?.conf ?? view.conf,
      iou: moving?.iou ?? view.iou,
      defaults: { confidence: project?.confidence ?? 0.1, iou: project?.iou ?? 0.5 },
      isMoving: moving !== null && !moving.isSettled,
      move: setMoving,
      settle,
    }),
    [moving, view.conf, view.iou, project?.confidence, project?.iou, setMoving, settle],
  );
}
