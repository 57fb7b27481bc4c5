/** What lies under the pointer: its picture and what is known of it. */

import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useDataset } from "@/api/datasets";
import { pageAtOptions } from "@/api/selections";
import type { Point } from "@/render/geometry";
import { usePlace } from "@/state/place";
import { ElementPicture } from "@/ui/pictures/ElementPicture";
import { usePictures } from "@/ui/pictures/usePictures";
import type { About } from "../about";
import { shownValue } from "../values";
import classes from "./map.module.css";

const WIDTH = 232;
const PICTURE = { width: WIDTH - 16, height: 136 };
const ROOM = 330;
const N_FACTS = 4;
const SETTLED_MS = 40;

/** A card beside a place of the view. */
export interface HoverCardProps {
  readonly about: About;
  /** The element, by its place among all of them. */
  readonly index: number;
  readonly at: Point;
  /** Width of the view, CSS pixels. */
  readonly room: number;
  /** What its colour says. */
  readonly fact: readonly [string, string];
}

/** The card. */
export function HoverCard({ about, index, at, room, fact }: HoverCardProps) {
  const place = usePlace();
  const [settled] = useDebouncedValue(index, SETTLED_MS);
  const { data: dataset } = useDataset(place);
  const { elements, inferenceSet } = about;
  const fields = (dataset?.fields ?? [])
    .filter(({ name, type }) => type !== "list" && !HIDDEN.has(name))
    .map(({ name }) => name)
    .slice(0, N_FACTS);
  const columns =
    elements === "frames" ? ["id", ...fields] : ["id", "frame_id", ...fields.map((name) => `frame.${name}`)];
  const { data: page } = useQuery({
    ...pageAtOptions(place, { ...everything(about), columns }, settled, 1),
    enabled: settled >= 0 && dataset !== undefined,
    staleTime: 300_000,
  });
  const row = settled === index ? page?.items[0] : undefined;
  const pictures = usePictures(place, { elements, inferenceSet, ids: row ? [row.id] : [] });
  const title = row ? (elements === "frames" ? row.id : String(row.frame_id)) : "…";
  const facts = columns
    .filter(
      (name) => name !== "id" && name !== "frame_id" && row?.[name] !== null && row?.[name] !== undefined,
    )
    .map((name) => [name.replace(/^frame\./, ""), shownValue(row?.[name], name) ?? ""] as const)
    .filter(([name]) => name !== fact[0].replace(/^frame\./, ""));
  return (
    <div
      className={classes.card}
      data-above={at.y > ROOM || undefined}
      data-left={at.x > room - WIDTH - 24 || undefined}
      style={{ left: at.x, top: at.y, width: WIDTH }}
      aria-hidden="true"
    >
      {row ? (
        <ElementPicture pictures={pictures} id={row.id} view={PICTURE} />
      ) : (
        <div className={classes.cardBlank} style={PICTURE} />
      )}
      <b className="one-line user-text">{title.slice(0, 200)}</b>
      <dl className={classes.facts}>
        {[fact, ...facts].map(([name, value]) => (
          <div key={name}>
            <dt className="one-line">{name}</dt>
            <dd className="one-line">{value.slice(0, 200)}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

/** What the picture shows already, or nobody reads. */
const HIDDEN: ReadonlySet<string> = new Set([
  "frame_id",
  "source_id",
  "file_name",
  "url",
  "width",
  "height",
  "device_id",
  "latitude",
  "longitude",
]);

/** The request for all elements in order: an element's place in it is its place on the map. */
export function everything({ elements, inferenceSet }: About) {
  return {
    selection: { query: "" },
    elements,
    ...(inferenceSet === undefined ? {} : { inference_set: inferenceSet }),
  };
}
