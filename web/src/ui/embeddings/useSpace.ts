/** The embedding space of a view: that of the address, else the first there is. */

import { spacesOf, useSpaces, type VectorsOf } from "@/api/embeddings";
import type { EmbeddingSpaceBody } from "@/api/types";
import type { Place } from "@/core/paths";
import { useExtra } from "@/state/view";

/** The spaces of some elements, and the one in use. */
export interface SpaceOf {
  readonly spaces: readonly EmbeddingSpaceBody[];
  readonly space: EmbeddingSpaceBody | undefined;
  readonly isLoading: boolean;
  readonly error: unknown;
  readonly retry: () => void;
  readonly choose: (name: string) => void;
}

/** Read and change the space. */
export function useSpace(place: Place, vectorsOf: VectorsOf): SpaceOf {
  const { data = [], isPending, error, refetch } = useSpaces(place);
  const [asked, setAsked] = useExtra("space");
  const spaces = spacesOf(data, vectorsOf);
  return {
    spaces,
    space: spaces.find(({ name }) => name === asked) ?? spaces[0],
    isLoading: isPending,
    error,
    retry: () => void refetch(),
    choose: (name) => setAsked(name === spaces[0]?.name ? undefined : name),
  };
}
