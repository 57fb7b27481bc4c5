/** Discover: what the vectors give away without being asked; near-duplicates, and those across splits. */

import { Button, NumberInput, Tabs } from "@mantine/core";
import { useEffect, useState } from "react";
import { useFindDuplicates, useSpaces } from "@/api/embeddings";
import type { EmbeddingSpaceBody } from "@/api/types";
import { formatCount } from "@/core/numbers";
import { usePlace } from "@/state/place";
import { useSetView } from "@/state/view";
import { MissingVectors, NoEmbeddings } from "@/ui/embeddings/NoEmbeddings";
import { SpaceSelect } from "@/ui/embeddings/SpaceSelect";
import { useSpace } from "@/ui/embeddings/useSpace";
import { JobProgress } from "@/ui/JobProgress";
import { Page as PageFrame } from "@/ui/Page";
import { EmptyState, ErrorState, LoadingState } from "@/ui/States";
import { useToasts } from "@/ui/Toasts";
import classes from "./discover.module.css";
import { Found } from "./Found";
import { mostDistance } from "./leaks";
import { type Discovery, useDiscovery } from "./useDiscovery";

/** The page. */
export function Page() {
  const place = usePlace();
  const { spaces, space, choose } = useSpace(place, { elements: "frames" });
  const { isPending, error, refetch } = useSpaces(place);
  return (
    <PageFrame
      title="Discover"
      actions={<SpaceSelect spaces={spaces} value={space?.name} onChange={choose} />}
    >
      {error ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : isPending ? (
        <LoadingState label="Looking for embeddings" />
      ) : space ? (
        <NearDuplicates space={space} />
      ) : (
        <NoEmbeddings place={place} elements="frames" purpose="The search for near-duplicates" />
      )}
    </PageFrame>
  );
}

function NearDuplicates({ space }: { space: EmbeddingSpaceBody }) {
  const place = usePlace();
  const setView = useSetView();
  const discovery = useDiscovery(space);
  const { shown } = discovery;
  return (
    <>
      <MissingVectors place={place} space={space} />
      <Tabs
        value={shown}
        onChange={(tab) => setView({ tab: tab === "all" ? "all" : undefined })}
        keepMounted={false}
      >
        <Tabs.List>
          <Tabs.Tab value="leakage">Leakage across splits</Tabs.Tab>
          <Tabs.Tab value="all">Near-duplicates</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value={shown} pt="md">
          <Results discovery={discovery} space={space} />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}

function Results({ discovery, space }: { discovery: Discovery; space: EmbeddingSpaceBody }) {
  const { found, distance } = discovery;
  // The server tells of a search while it runs; how it failed is told by the job itself.
  const [started, setStarted] = useState<{ readonly job: string; readonly about: string } | null>(null);
  const first = found.data?.pages[0];
  const about = `${space.name} ${distance}`;
  const job = first?.job ?? (started?.about === about ? started.job : null);
  return (
    <div className={classes.results}>
      <SearchForm
        discovery={discovery}
        space={space}
        onStart={(id, value) => setStarted({ job: id, about: `${space.name} ${value}` })}
      />
      {found.error ? (
        <ErrorState error={found.error} onRetry={() => void found.refetch()} />
      ) : first === undefined ? (
        <LoadingState label="Looking for what was found" />
      ) : first.is_ready ? (
        <Found discovery={discovery} />
      ) : job !== null ? (
        <JobProgress key={job} job={job} label="Searching for near-duplicates" />
      ) : (
        <NotSearched discovery={discovery} space={space} />
      )}
    </div>
  );
}

function NotSearched({ discovery, space }: { discovery: Discovery; space: EmbeddingSpaceBody }) {
  const { dataset, project } = usePlace();
  const { shown, distance } = discovery;
  const command = [
    "shoal duplicates",
    ...(shown === "leakage" ? ["--leakage"] : []),
    `--max-distance ${distance} --space ${space.name} --dataset ${dataset} --project ${project}`,
  ].join(" ");
  return (
    <EmptyState title="Not searched yet at this distance" commands={[command]}>
      The search compares {formatCount(space.n_vectors)} vectors with one another, as a job; its answer is
      kept.
    </EmptyState>
  );
}

interface SearchFormProps {
  readonly discovery: Discovery;
  readonly space: EmbeddingSpaceBody;
  /** A search of this distance was started, as this job. */
  readonly onStart: (job: string, distance: number) => void;
}

/** The distance, and the button that starts the search. */
function SearchForm({ discovery, space, onStart }: SearchFormProps) {
  const isCosine = space.distance === "cosine";
  const most = mostDistance(space.distance);
  const { distance, setDistance, asked, found } = discovery;
  const place = usePlace();
  const find = useFindDuplicates(place);
  const { fail } = useToasts();
  const [draft, setDraft] = useState<number | string>(distance);
  useEffect(() => setDraft(distance), [distance]);
  const value = Number(draft);
  const isSound = draft !== "" && value >= 0 && value <= most;
  const first = found.data?.pages[0];
  const isAsked = value === distance && !found.isPlaceholderData;
  const isReady = isAsked && first?.is_ready === true;
  const isUnknown = value === distance && (first === undefined || found.isPlaceholderData);
  const isRunning = isAsked && first?.is_ready === false && first.job !== null;
  const { between: _, ...search } = asked;
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (!isSound) return;
        setDistance(value);
        find.mutate(
          { ...search, max_distance: value },
          { onSuccess: ({ id }) => onStart(id, value), onError: fail },
        );
      }}
    >
      <NumberInput
        label="Largest distance"
        className={classes.distance}
        value={draft}
        onChange={setDraft}
        min={0}
        {...(isCosine ? { max: most } : {})}
        step={0.01}
        decimalScale={4}
        error={isSound ? undefined : isCosine ? "from 0 to 2" : "0 or more"}
      />
      <Button
        type="submit"
        variant={isReady ? "default" : "filled"}
        loading={find.isPending}
        disabled={!isSound || isReady || isRunning || isUnknown}
      >
        {isReady ? "Searched" : "Search"}
      </Button>
      <p className={classes.hint}>
        {isCosine
          ? "0 finds exact copies; 0.05 finds re-encoded, resized and slightly moved pictures too."
          : "0 finds exact copies; how far like pictures lie depends on the vectors of this space."}
      </p>
    </form>
  );
}
