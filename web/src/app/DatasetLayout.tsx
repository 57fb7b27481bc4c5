/** What pages of a dataset share: selection, operating point, the dialog of Add to Segment. */

import { Outlet } from "@tanstack/react-router";
import { lazy, type ReactNode, Suspense } from "react";
import { useDataset } from "@/api/datasets";
import { AddToSegmentProvider, useAddToSegmentRequest } from "@/state/addToSegment";
import { useRememberPlace } from "@/state/lastPlace";
import { OperatingPointProvider } from "@/state/operatingPoint";
import { usePlace } from "@/state/place";
import { SelectionProvider } from "@/state/selection";
import { AppLink } from "@/ui/AppLink";
import { ErrorState } from "@/ui/States";
import { OVERLAYS } from "./features";

const load = OVERLAYS.addToSegment;
const AddToSegmentDialog = load ? lazy(async () => ({ default: (await load()).AddToSegmentDialog })) : null;

/** A page of a dataset; says so when there is no such dataset. */
export function DatasetLayout() {
  const place = usePlace();
  const dataset = useDataset(place);
  useRememberPlace(place, dataset.isSuccess);
  if (dataset.error) {
    return (
      <ErrorState
        error={dataset.error}
        onRetry={() => void dataset.refetch()}
        action={<AppLink href="/">All projects</AppLink>}
      />
    );
  }
  return (
    <AddToSegmentProvider>
      <Outlet />
      <AddToSegment />
    </AddToSegmentProvider>
  );
}

/** Holds what belongs to one dataset and ends with it; around the bars too. */
export function DatasetState({ name, children }: { name: string; children: ReactNode }) {
  return (
    <OperatingPointProvider key={name}>
      <SelectionProvider>{children}</SelectionProvider>
    </OperatingPointProvider>
  );
}

/** A page of a dataset without bars, for printing. */
export function BareLayout() {
  const place = usePlace();
  return (
    <DatasetState name={`${place.project}/${place.dataset}`}>
      <main id="content">
        <DatasetLayout />
      </main>
    </DatasetState>
  );
}

function AddToSegment() {
  const { request } = useAddToSegmentRequest();
  if (request === null || AddToSegmentDialog === null) return null;
  return (
    <Suspense>
      <AddToSegmentDialog />
    </Suspense>
  );
}
