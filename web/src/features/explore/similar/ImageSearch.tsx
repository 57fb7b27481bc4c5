/** Search by image: the frames or crops nearest to a picture somebody has, which is not kept. */

import { Button, Drawer } from "@mantine/core";
import { useState } from "react";
import { spacesOf, useSimilarToImage, useSpaces } from "@/api/embeddings";
import { countOf } from "@/core/numbers";
import { useAddToSegment, useAddToSegmentRequest } from "@/state/addToSegment";
import { usePlace } from "@/state/place";
import { NoEmbeddings } from "@/ui/embeddings/NoEmbeddings";
import { SpaceSelect } from "@/ui/embeddings/SpaceSelect";
import { EmptyState, ErrorState, LoadingState } from "@/ui/States";
import type { About } from "../about";
import { ImageDrop } from "./ImageDrop";
import { Nearest } from "./Nearest";
import classes from "./similar.module.css";

const SHOWN = 60;
const NOUNS = { frames: "frame", labels: "label", inferences: "inference" } as const;

interface ImageSearchProps {
  readonly about: About;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** The drawer. */
export function ImageSearch({ about, isOpen, onClose }: ImageSearchProps) {
  const { request } = useAddToSegmentRequest();
  return (
    <Drawer
      // Escape closes what lies on top: the dialog of Add to Segment first.
      closeOnEscape={request === null}
      opened={isOpen}
      onClose={onClose}
      position="right"
      size="min(760px, 100vw)"
      title="Search by image"
      closeButtonProps={{ "aria-label": "Close" }}
      classNames={{ body: classes.body ?? "", content: classes.content ?? "", title: classes.title ?? "" }}
    >
      <Search about={about} />
    </Drawer>
  );
}

function Search({ about }: { about: About }) {
  const place = usePlace();
  const { elements, inferenceSet, query } = about;
  const spaces = useSpaces(place);
  const ofElements = spacesOf(spaces.data ?? [], { elements, inferenceSet });
  const computed = ofElements.filter(({ origin }) => origin === "computed");
  const [asked, choose] = useState<string>();
  const space = computed.find(({ name }) => name === asked) ?? computed[0];
  const [image, setImage] = useState<File>();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const search = useSimilarToImage(place);
  const addToSegment = useAddToSegment();
  if (spaces.isPending) return <LoadingState />;
  if (spaces.error) return <ErrorState error={spaces.error} onRetry={() => void spaces.refetch()} />;
  if (!space)
    return ofElements.length ? (
      <EmptyState
        title="These embeddings were uploaded"
        commands={[`shoal embeddings compute efficientnet-lite0 --dataset ${place.dataset}`]}
      >
        Shoal does not have the model that made them, so it cannot describe another image. Compute a space
        with the descriptor to search by image.
      </EmptyState>
    ) : (
      <NoEmbeddings place={place} elements={elements} inferenceSet={inferenceSet} purpose="Search by image" />
    );
  const find = (file: File, name: string) => {
    setImage(file);
    setChosen(new Set());
    search.mutate({
      file,
      space: name,
      elements,
      k: SHOWN,
      ...(elements === "inferences" ? { inference_set: inferenceSet ?? null } : {}),
      ...(query ? { within: { query } } : {}),
    });
  };
  const found = search.data?.items ?? [];
  const noun = NOUNS[elements];
  return (
    <>
      <div className={classes.head}>
        <ImageDrop image={image} onImage={(file) => find(file, space.name)} />
        <div className={classes.facts}>
          <SpaceSelect
            spaces={computed}
            value={space.name}
            onChange={(name) => {
              choose(name);
              if (image) find(image, name);
            }}
          />
          <p className={classes.quiet}>
            {query ? (
              <>
                Among {noun}s of <code>{query.slice(0, 200)}</code>.
              </>
            ) : (
              `Among all ${noun}s.`
            )}{" "}
            The image is described here and thrown away.
          </p>
        </div>
      </div>
      {search.isPending ? <LoadingState label="Searching" /> : null}
      {search.error ? <ErrorState error={search.error} /> : null}
      {search.data && found.length === 0 ? <EmptyState title="Nothing to compare with" /> : null}
      {found.length ? (
        <Nearest about={about} items={found} chosen={chosen} onChoose={setChosen} />
      ) : (
        <span className={classes.space} />
      )}
      {found.length ? (
        <footer className={classes.footer}>
          <span role="status">
            {countOf(found.length, noun)}, nearest first
            {chosen.size ? ` · ${chosen.size} selected` : null}
          </span>
          <Button
            variant="default"
            onClick={() => setChosen(new Set(chosen.size < found.length ? found.map(({ id }) => id) : []))}
          >
            {chosen.size < found.length ? "Select all" : "Select none"}
          </Button>
          <span className={classes.space} />
          <Button
            disabled={chosen.size === 0}
            onClick={() =>
              addToSegment({ where: { ids: [...chosen] }, count: chosen.size, elements, inferenceSet })
            }
          >
            Add to Segment
          </Button>
        </footer>
      ) : null}
    </>
  );
}
