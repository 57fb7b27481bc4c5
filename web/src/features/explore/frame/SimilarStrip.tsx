/** Under the image: the frames nearest to this one, or the crops nearest to the one looked at. */

import { ActionIcon, Tooltip } from "@mantine/core";
import { useMemo } from "react";
import { useSimilar } from "@/api/embeddings";
import { problemOf } from "@/api/problem";
import { formatDistance } from "@/core/numbers";
import { framePath, pagePath } from "@/core/paths";
import type { ElementKind } from "@/core/selection";
import { usePlace } from "@/state/place";
import { useStoredFlag } from "@/state/stored";
import { useView } from "@/state/view";
import { AppLink } from "@/ui/AppLink";
import { SpaceSelect } from "@/ui/embeddings/SpaceSelect";
import { useSpace } from "@/ui/embeddings/useSpace";
import { IconDown, IconUp } from "@/ui/icons";
import { ElementPicture } from "@/ui/pictures/ElementPicture";
import { usePictures } from "@/ui/pictures/usePictures";
import { InlineProblem } from "@/ui/States";
import { useAbout } from "../about";
import { similarTerm } from "../terms";
import classes from "./frame.module.css";

const SHOWN = 16;
const ALL = 50;
const FRAME = { width: 116, height: 78 };
const CROP = { width: 78, height: 78 };
const NOUNS = { frames: "frames", labels: "labels", inferences: "inferences" } as const;

/** The strip. */
export function SimilarStrip({ frame, object }: { frame: string; object: string | undefined }) {
  const place = usePlace();
  const view = useView();
  const { elements: listed, inferenceSet } = useAbout();
  const elements = object === undefined ? "frames" : listed;
  const id = object ?? frame;
  const { spaces, space, isLoading, choose } = useSpace(place, { elements, inferenceSet });
  const [isOpen, setIsOpen] = useStoredFlag("frame.similar", true);
  const title = `Similar ${NOUNS[elements]}`;
  const allHref = pagePath(place, "explore", {
    ...view,
    view: undefined,
    sort: undefined,
    elements: elements === "frames" ? undefined : elements,
    q: similarTerm(id, ALL, spaces.length > 1 ? space?.name : undefined),
    extra: elements === "inferences" && inferenceSet ? { set: inferenceSet } : undefined,
  });
  return (
    <section className={classes.similar} aria-label={title}>
      <header className={classes.similarHead}>
        <h2 className={classes.similarTitle}>{title}</h2>
        {space ? (
          <>
            {isOpen ? <SpaceSelect spaces={spaces} value={space.name} onChange={choose} /> : null}
            <AppLink href={allHref}>Show all similar</AppLink>
          </>
        ) : isLoading ? null : (
          <span className={classes.quiet}>
            need embeddings. <AppLink href={pagePath(place, "discover")}>Compute them</AppLink>
          </span>
        )}
        <span className={classes.space} />
        {space ? (
          <Tooltip label={isOpen ? "Hide" : "Show"}>
            <ActionIcon
              size="sm"
              aria-label={title}
              aria-expanded={isOpen}
              onClick={() => setIsOpen(!isOpen)}
            >
              {isOpen ? <IconDown size={14} /> : <IconUp size={14} />}
            </ActionIcon>
          </Tooltip>
        ) : null}
      </header>
      {space && isOpen ? (
        <Nearest id={id} elements={elements} inferenceSet={inferenceSet} space={space.name} />
      ) : null}
    </section>
  );
}

interface NearestProps {
  readonly id: string;
  readonly elements: ElementKind;
  readonly inferenceSet: string | undefined;
  readonly space: string;
}

function Nearest({ id, elements, inferenceSet, space }: NearestProps) {
  const place = usePlace();
  const view = useView();
  const { data, error } = useSimilar(place, {
    ids: [id],
    space,
    elements,
    k: SHOWN,
    ...(elements === "inferences" ? { inference_set: inferenceSet ?? null } : {}),
  });
  const ids = useMemo(() => (data?.items ?? []).map((item) => item.id), [data]);
  const pictures = usePictures(place, { elements, inferenceSet, ids });
  if (error && problemOf(error).code === "not_found")
    return <p className={classes.quiet}>{problemOf(error).detail}</p>;
  if (error) return <InlineProblem error={error} />;
  if (data?.items.length === 0)
    return (
      <p className={classes.quiet}>
        {data.n_seeds_without_vector ? "It has no vector in this space." : "There is nothing else."}
      </p>
    );
  const room = elements === "frames" ? FRAME : CROP;
  const { walk: _, object: __, ...extra } = view.extra ?? {};
  return (
    <ul className={classes.strip}>
      {(data?.items ?? []).map((item) => (
        <li key={item.id}>
          <AppLink
            href={framePath(place, item.frame_id, {
              ...view,
              extra: elements === "frames" ? extra : { ...extra, object: item.id },
            })}
            className={classes.stripLink}
            style={{ width: room.width }}
            title={`${item.id.slice(0, 300)}, distance ${formatDistance(item.distance)}`}
            aria-label={`${item.id.slice(0, 200)}, distance ${formatDistance(item.distance)}`}
          >
            <ElementPicture pictures={pictures} id={item.id} view={room} isPlain />
            <span className={classes.stripNumber}>{formatDistance(item.distance)}</span>
          </AppLink>
        </li>
      ))}
      {data ? null : <li style={{ height: room.height + 20 }} aria-busy="true" />}
    </ul>
  );
}
