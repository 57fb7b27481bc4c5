/** No vectors yet: what that means, the command that computes them, and a button that does. */

import { Button } from "@mantine/core";
import { useState } from "react";
import { useComputeEmbeddings } from "@/api/embeddings";
import { countOf } from "@/core/numbers";
import type { Place } from "@/core/paths";
import type { ElementKind } from "@/core/selection";
import { JobProgress } from "../JobProgress";
import { EmptyState, InlineProblem } from "../States";
import { computeCommand, DEFAULT_MODEL, DEFAULT_SPACE } from "./commands";
import classes from "./embeddings.module.css";

/** Whose vectors are missing, and what they are needed for: `Similarity Search`. */
export interface NoEmbeddingsProps {
  readonly place: Place;
  readonly elements: ElementKind;
  readonly inferenceSet?: string | null | undefined;
  readonly purpose: string;
}

const NOUNS = { frames: "frame", labels: "label", inferences: "inference" } as const;

/** The empty state. */
export function NoEmbeddings({ place, elements, inferenceSet, purpose }: NoEmbeddingsProps) {
  const [job, setJob] = useState<string>();
  const compute = useComputeEmbeddings(place);
  const noun = NOUNS[elements];
  const ofSet = elements === "inferences" && inferenceSet ? inferenceSet : undefined;
  const start = () =>
    compute.mutate(
      {
        space: DEFAULT_SPACE,
        elements,
        model: DEFAULT_MODEL,
        margin: 0.1,
        distance: "cosine",
        ...(ofSet ? { inference_set: ofSet } : {}),
      },
      { onSuccess: ({ id }) => setJob(id) },
    );
  return (
    <EmptyState
      title={`No embeddings of ${noun}s yet`}
      commands={
        job === undefined ? ["pip install 'shoal[embed]'", computeCommand(place, elements, ofSet)] : []
      }
      action={
        job === undefined ? (
          <div className={classes.compute}>
            <Button loading={compute.isPending} onClick={start}>
              Compute embeddings
            </Button>
            {compute.error ? <InlineProblem error={compute.error} /> : null}
          </div>
        ) : (
          <JobProgress job={job} label="Computing embeddings" />
        )
      }
    >
      {purpose} compares vectors that describe each {noun}. Compute them with the descriptor of the extra{" "}
      <code>shoal[embed]</code>, here or by the command, or upload those of your own model.
    </EmptyState>
  );
}

/** Vectors of some elements are missing: says so, computes the rest. */
export function MissingVectors({
  place,
  space,
}: {
  place: Place;
  space: {
    readonly name: string;
    readonly elements: ElementKind;
    readonly inference_set: string | null;
    readonly origin: "uploaded" | "computed";
    readonly model_id: string;
    readonly n_vectors: number;
    readonly n_elements: number;
  };
}) {
  const [job, setJob] = useState<string>();
  const compute = useComputeEmbeddings(place);
  const n_missing = space.n_elements - space.n_vectors;
  if (n_missing <= 0) return null;
  // Of other models the page does not know the file.
  const isComputed = space.origin === "computed" && space.model_id.startsWith(DEFAULT_MODEL);
  if (job !== undefined) return <JobProgress job={job} label="Computing embeddings" />;
  return (
    <p className={classes.missing}>
      {countOf(n_missing, NOUNS[space.elements])} of {space.n_elements.toLocaleString("en")}{" "}
      {n_missing === 1 ? "has" : "have"} no vector in <span className="user-text">{space.name}</span> and{" "}
      {n_missing === 1 ? "is" : "are"} not searched.{" "}
      {isComputed ? (
        <button
          type="button"
          className={classes.link}
          disabled={compute.isPending}
          onClick={() =>
            compute.mutate(
              {
                space: space.name,
                elements: space.elements,
                model: DEFAULT_MODEL,
                margin: 0.1,
                distance: "cosine",
                ...(space.inference_set ? { inference_set: space.inference_set } : {}),
              },
              { onSuccess: ({ id }) => setJob(id) },
            )
          }
        >
          Compute the rest
        </button>
      ) : null}
      {compute.error ? <InlineProblem error={compute.error} /> : null}
    </p>
  );
}
