/** How pictures are shown: remembered by the browser, the same on the grid and on the page of a frame. */

import { useMemo } from "react";
import { useProject } from "@/api/projects";
import { classColours } from "@/core/colours";
import type { OverlayLook } from "@/render/objects";
import { usePlace } from "@/state/place";
import { useStoredFlag, useStoredNumber } from "@/state/stored";
import type { Shown } from "@/ui/pictures/drawing";
import { useDrawnSets } from "./about";

/** The switches and the size. */
export interface Display {
  readonly labels: boolean;
  readonly setLabels: (value: boolean) => void;
  readonly inferences: boolean;
  readonly setInferences: (value: boolean) => void;
  readonly classes: boolean;
  readonly setClasses: (value: boolean) => void;
  readonly confidence: boolean;
  readonly setConfidence: (value: boolean) => void;
  readonly size: number;
  readonly setSize: (value: number) => void;
}

/** Read and change how pictures are shown. */
export function useDisplay(): Display {
  const [labels, setLabels] = useStoredFlag("explore.labels", true);
  const [inferences, setInferences] = useStoredFlag("explore.inferences", true);
  const [classes, setClasses] = useStoredFlag("explore.classes", false);
  const [confidence, setConfidence] = useStoredFlag("explore.confidence", false);
  const [size, setSize] = useStoredNumber("explore.size", 220);
  return {
    labels,
    setLabels,
    inferences,
    setInferences,
    classes,
    setClasses,
    confidence,
    setConfidence,
    size,
    setSize,
  };
}

/** Which objects are shown, and how they look. */
export function useDrawing(display: Display): { readonly shown: Shown; readonly look: OverlayLook } {
  const { data: project } = useProject(usePlace().project);
  const sets = useDrawnSets();
  const { labels, inferences, classes, confidence } = display;
  const named = project?.classes;
  const shown = useMemo(
    () => ({ labels, inferences, sets, classNames: (named ?? []).map(({ name }) => name) }),
    [labels, inferences, sets, named],
  );
  const look = useMemo(
    () => ({
      colourOf: classColours(named ?? []),
      showsClasses: classes,
      showsConfidence: confidence,
      isHatched: sets.length > 1 && inferences,
      lineWidth: 1.25,
      fontSize: 10,
    }),
    [named, classes, confidence, sets.length, inferences],
  );
  return { shown, look };
}
