/** "Add to Segment" from anywhere: a view asks, the app shows the dialog. */

import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from "react";
import type { SegmentType } from "@/core/segments";
import type { ElementKind, Where } from "@/core/selection";

/** What is to be added. */
export interface AddToSegmentRequest {
  readonly where: Where;
  readonly count: number;
  readonly elements: ElementKind;
  readonly inferenceSet?: string | undefined;
  /** A name to start with, such as that of a confusion. */
  readonly suggestedName?: string | undefined;
  /** A type to start with; default Split for frames. */
  readonly suggestedType?: SegmentType | undefined;
  /** The inference set whose own errors chose the elements: worth a warning. */
  readonly selectedOn?: string | undefined;
}

interface Asked {
  readonly request: AddToSegmentRequest | null;
  readonly open: (request: AddToSegmentRequest) => void;
  readonly close: () => void;
}

const Context = createContext<Asked>({ request: null, open: () => {}, close: () => {} });

/** Holds the request; once per dataset. */
export function AddToSegmentProvider({ children }: { children: ReactNode }) {
  const [request, setRequest] = useState<AddToSegmentRequest | null>(null);
  const close = useCallback(() => setRequest(null), []);
  const asked = useMemo(() => ({ request, open: setRequest, close }), [request, close]);
  return <Context value={asked}>{children}</Context>;
}

/** Ask for the dialog. */
export function useAddToSegment(): (request: AddToSegmentRequest) => void {
  return useContext(Context).open;
}

/** For the dialog itself. */
export function useAddToSegmentRequest(): Asked {
  return useContext(Context);
}
