/** The tools of the map: what dragging does, how near one looks, what the colours stand for, which map. */

import { Button, Select } from "@mantine/core";
import type { RefObject } from "react";
import { useDataset } from "@/api/datasets";
import { type MapBody, type Projection, useComputeMap } from "@/api/maps";
import { useSegments } from "@/api/segments";
import type { EmbeddingSpaceBody } from "@/api/types";
import { SEGMENT_TYPES } from "@/core/segments";
import type { ScatterHandle, Tool } from "@/render/scatter/Scatter";
import { useChosenSets } from "@/state/chosenSets";
import { usePlace } from "@/state/place";
import { SpaceSelect } from "@/ui/embeddings/SpaceSelect";
import { useToasts } from "@/ui/Toasts";
import type { About } from "../about";
import { type ColourChoice, readColour, writeColour } from "./colouring";
import classes from "./map.module.css";

/** The tools. */
export interface MapToolbarProps {
  readonly about: About;
  readonly tool: Tool;
  readonly onTool: (tool: Tool) => void;
  readonly hasDensity: boolean;
  readonly onDensity: () => void;
  readonly scatter: RefObject<ScatterHandle | null>;
  readonly colour: ColourChoice;
  readonly onColour: (colour: string | undefined) => void;
  readonly spaces: readonly EmbeddingSpaceBody[];
  readonly space: string;
  readonly onSpace: (name: string) => void;
  readonly map: MapBody | undefined;
  readonly onMethod: (method: Projection) => void;
}

const TOOLS: readonly { readonly tool: Tool; readonly name: string; readonly about: string }[] = [
  { tool: "pan", name: "Move", about: "Drag to move the map (M)" },
  { tool: "lasso", name: "Lasso", about: "Draw around points; shift adds, alt takes away (L)" },
  { tool: "box", name: "Box", about: "Draw a box around points; shift adds, alt takes away (B)" },
];

export const METHOD_NAMES: Readonly<Record<Projection, string>> = { pca: "PCA", pacmap: "PaCMAP" };

/** The bar. */
export function MapToolbar(props: MapToolbarProps) {
  const { about, tool, onTool, hasDensity, onDensity, scatter, colour, onColour, map, onMethod } = props;
  return (
    <div className={classes.toolbar} role="toolbar" aria-label="Map">
      <Button.Group>
        {TOOLS.map((entry) => (
          <Button
            key={entry.tool}
            variant={tool === entry.tool ? "light" : "default"}
            aria-pressed={tool === entry.tool}
            title={entry.about}
            onClick={() => onTool(entry.tool)}
          >
            {entry.name}
          </Button>
        ))}
      </Button.Group>
      <Button.Group>
        <Button
          variant="default"
          aria-label="Zoom in"
          title="Zoom in (+)"
          onClick={() => scatter.current?.zoom(1.5)}
        >
          +
        </Button>
        <Button
          variant="default"
          aria-label="Zoom out"
          title="Zoom out (−)"
          onClick={() => scatter.current?.zoom(1 / 1.5)}
        >
          −
        </Button>
        <Button variant="default" title="The whole map (0)" onClick={() => scatter.current?.showAll()}>
          Whole
        </Button>
      </Button.Group>
      <Button variant={hasDensity ? "light" : "default"} aria-pressed={hasDensity} onClick={onDensity}>
        Density
      </Button>
      <ColourSelect about={about} colour={colour} onColour={onColour} />
      <SpaceSelect spaces={props.spaces} value={props.space} onChange={props.onSpace} />
      <MethodChoice map={map} onMethod={onMethod} />
    </div>
  );
}

const NAMES: ReadonlySet<string> = new Set([
  "frame_id",
  "source_id",
  "file_name",
  "url",
  "label_id",
  "inference_id",
  "segmentation",
  "class",
  "x",
  "y",
]);

function ColourSelect({
  about,
  colour,
  onColour,
}: {
  about: About;
  colour: ColourChoice;
  onColour: (colour: string | undefined) => void;
}) {
  const place = usePlace();
  const { data: dataset } = useDataset(place);
  const { data: segments = [] } = useSegments(place);
  const { all } = useChosenSets();
  const isFrames = about.elements === "frames";
  const option = (by: ColourChoice["by"], name: string, label = name) => ({ value: `${by}:${name}`, label });
  const named = (fields: readonly { name: string; type: string }[] | undefined) =>
    (fields ?? [])
      .filter(({ name, type }) => !NAMES.has(name) && !/list/i.test(type))
      .map(({ name }) => name);
  const own = isFrames
    ? named(dataset?.fields)
    : about.elements === "labels"
      ? named(dataset?.label_fields)
      : [];
  const outcomesOf = all.filter(({ name }) => about.elements !== "inferences" || name === about.inferenceSet);
  const types = SEGMENT_TYPES.filter(({ type }) => segments.some((segment) => segment.type === type));
  const groups = [
    {
      group: isFrames ? "Frame" : "Crop",
      items: [
        option("field", "class", isFrames ? "Most frequent class" : "Class"),
        ...own.map((name) => option("field", name)),
        ...(about.elements === "inferences" ? [option("field", "confidence", "Confidence")] : []),
      ],
    },
    ...(isFrames
      ? []
      : [
          {
            group: "Frame",
            items: named(dataset?.fields).map((name) => option("field", `frame.${name}`, name)),
          },
        ]),
    { group: "Segments", items: types.map(({ type, plural }) => option("segments", type, plural)) },
    {
      group: "Outcomes",
      items: outcomesOf.map(({ name }) => option("outcome", name, `Outcomes of ${name}`)),
    },
  ].filter(({ items }) => items.length > 0);
  return (
    <Select
      aria-label="Colour by"
      leftSection={<span className={classes.lead}>Colour by</span>}
      leftSectionWidth={72}
      className={classes.colour}
      data={groups}
      value={`${colour.by}:${colour.name}`}
      allowDeselect={false}
      searchable
      maxDropdownHeight={320}
      onChange={(value) => value && onColour(writeColour(readColour(value)))}
    />
  );
}

function MethodChoice({
  map,
  onMethod,
}: {
  map: MapBody | undefined;
  onMethod: (method: Projection) => void;
}) {
  const place = usePlace();
  const compute = useComputeMap(place);
  const { fail } = useToasts();
  if (!map) return null;
  if (map.methods.length > 1) {
    return (
      <Select
        aria-label="Map by"
        leftSection={<span className={classes.lead}>Map by</span>}
        leftSectionWidth={56}
        className={classes.method}
        data={map.methods.map((value) => ({ value, label: METHOD_NAMES[value] }))}
        value={map.method}
        allowDeselect={false}
        onChange={(value) => value && onMethod(value as Projection)}
      />
    );
  }
  if (map.job !== null) return null;
  const { space, elements, inference_set } = map;
  return (
    <Button
      variant="default"
      loading={compute.isPending}
      title="PaCMAP keeps neighbours together; the job goes on while you work"
      onClick={() =>
        compute.mutate({ space, elements, ...(inference_set ? { inference_set } : {}) }, { onError: fail })
      }
    >
      Make a better map
    </Button>
  );
}
