/** What the Explore view is about: elements, query, set, order; all of it from the address. */

import { useMemo } from "react";
import type { PagesRequest } from "@/api/selections";
import type { ElementKind, Where } from "@/core/selection";
import { thresholdOf } from "@/core/url";
import { useChosenSets } from "@/state/chosenSets";
import { useOperatingPoint } from "@/state/operatingPoint";
import { useExtra, useView } from "@/state/view";

/** The subject of the view. */
export interface About {
  readonly elements: ElementKind;
  readonly query: string;
  readonly sort: string | undefined;
  /** The set scores, `inference(…)` and crops of inferences are about. */
  readonly inferenceSet: string | undefined;
  readonly chooseSet: (name: string) => void;
  readonly where: Where;
  /** For requests; columns are added by those who ask. */
  readonly request: PagesRequest;
}

/** Read the subject of the view. */
export function useAbout(): About {
  const { q: query = "", elements = "frames", sort } = useView();
  const { all, newest } = useChosenSets();
  const { confidence, iou } = useOperatingPoint();
  const [asked, chooseSet] = useExtra("set");
  const inferenceSet = all.some((set) => set.name === asked) ? asked : newest;
  const ownConfidence = inferenceSet === undefined ? undefined : thresholdOf(confidence, inferenceSet);
  const ownIou = inferenceSet === undefined ? undefined : thresholdOf(iou, inferenceSet);
  return useMemo(() => {
    const where: Where = { query };
    return {
      elements,
      query,
      sort,
      inferenceSet,
      chooseSet,
      where,
      request: {
        selection: where,
        elements,
        ...(inferenceSet === undefined ? {} : { inference_set: inferenceSet }),
        ...(ownConfidence === undefined ? {} : { confidence: ownConfidence }),
        ...(ownIou === undefined ? {} : { iou: ownIou }),
        ...(sort === undefined ? {} : { sort }),
      },
    };
  }, [elements, query, sort, inferenceSet, chooseSet, ownConfidence, ownIou]);
}

/** The sets drawn over images and the confidence each is shown from, in the order of upload. */
export function useDrawnSets(): readonly { readonly name: string; readonly confidence: number }[] {
  const { sets } = useView();
  const { chosen } = useChosenSets();
  const { inferenceSet } = useAbout();
  const { confidence, defaults } = useOperatingPoint();
  return useMemo(() => {
    const drawn = sets?.length ? chosen : chosen.filter((set) => set.name === inferenceSet);
    return drawn.map((set) => ({
      name: set.name,
      confidence: thresholdOf(confidence, set.name) ?? set.confidence ?? defaults.confidence,
    }));
  }, [sets, chosen, inferenceSet, confidence, defaults.confidence]);
}
