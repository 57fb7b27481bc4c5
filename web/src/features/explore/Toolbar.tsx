/** What is shown and how: frames or crops, which set, order, overlays, size. */

import {
  ActionIcon,
  Checkbox,
  Popover,
  Radio,
  SegmentedControl,
  Select,
  Slider,
  Tooltip,
  UnstyledButton,
} from "@mantine/core";
import { useDataset } from "@/api/datasets";
import type { ElementKind } from "@/core/selection";
import { useChosenSets } from "@/state/chosenSets";
import { usePlace } from "@/state/place";
import { useSetView } from "@/state/view";
import { IconDown, IconEye, IconFilter, IconSimilar, IconUp } from "@/ui/icons";
import type { About } from "./about";
import type { Display } from "./display";
import classes from "./explore.module.css";
import { LAYOUTS, type Layout } from "./layout";
import { readSort, sortGroups, writeSort } from "./sorting";

/** The bar above the grid. */
export interface ToolbarProps {
  readonly about: About;
  readonly layout: Layout;
  readonly display: Display;
  readonly hasFacets: boolean;
  readonly onFacets: () => void;
  readonly onImageSearch: () => void;
}

/** The bar. */
export function Toolbar({ about, layout, display, hasFacets, onFacets, onImageSearch }: ToolbarProps) {
  return (
    <div className={classes.toolbar} role="toolbar" aria-label="What is shown">
      <Tooltip label={hasFacets ? "Hide facets" : "Show facets"}>
        <ActionIcon
          aria-label="Facets"
          aria-pressed={hasFacets}
          onClick={onFacets}
          variant={hasFacets ? "light" : "subtle"}
        >
          <IconFilter size={16} />
        </ActionIcon>
      </Tooltip>
      <ElementChoice about={about} />
      <LayoutChoice layout={layout} />
      {layout === "map" ? null : <SortChoice about={about} />}
      <Tooltip label="Search by image">
        <ActionIcon aria-label="Search by image" onClick={onImageSearch} variant="subtle">
          <IconSimilar size={16} />
        </ActionIcon>
      </Tooltip>
      <span className={classes.space} />
      {layout === "map" ? null : (
        <>
          <OverlayChoice display={display} elements={about.elements} />
          <SizeSlider display={display} />
        </>
      )}
    </div>
  );
}

function LayoutChoice({ layout }: { layout: Layout }) {
  const setView = useSetView();
  return (
    <SegmentedControl
      aria-label="View"
      size="xs"
      data={LAYOUTS.map(({ layout: value, name }) => ({ value, label: name }))}
      value={layout}
      onChange={(value) => setView({ view: value === "grid" ? undefined : value })}
    />
  );
}

const LABELS = "labels";
const ofSet = (name: string) => `inferences ${name}`;

function ElementChoice({ about }: { about: About }) {
  const setView = useSetView();
  const { all } = useChosenSets();
  const { elements, inferenceSet, chooseSet } = about;
  const change = (next: ElementKind) =>
    setView({ elements: next === "frames" ? undefined : next, sort: undefined });
  const sets = all.map(({ name }) => name);
  return (
    <>
      <Radio.Group
        value={elements === "frames" ? "frames" : "crops"}
        onChange={(value) => change(value === "frames" ? "frames" : "labels")}
        aria-label="Elements"
      >
        <span className={classes.radios}>
          <Radio value="frames" label="Frame" />
          <Radio value="crops" label="Crop" />
        </span>
      </Radio.Group>
      {elements === "frames" ? (
        sets.length > 1 ? (
          <Select
            aria-label="Scores of"
            leftSection={<span className={classes.lead}>Scores of</span>}
            leftSectionWidth={74}
            className={classes.choice}
            data={sets}
            value={inferenceSet ?? null}
            allowDeselect={false}
            onChange={(name) => name && chooseSet(name)}
          />
        ) : null
      ) : (
        <Select
          aria-label="Crops"
          className={classes.choice}
          data={[
            { value: LABELS, label: "Labels" },
            ...(sets.length
              ? [
                  {
                    group: "Inferences",
                    items: sets.map((name) => ({ value: ofSet(name), label: `Inferences of ${name}` })),
                  },
                ]
              : []),
          ]}
          value={elements === "labels" ? LABELS : ofSet(inferenceSet ?? "")}
          allowDeselect={false}
          onChange={(value) => {
            const name = sets.find((set) => ofSet(set) === value);
            setView((before) => ({
              elements: name ? "inferences" : "labels",
              sort: undefined,
              ...(name ? { extra: { ...before.extra, set: name } } : {}),
            }));
          }}
        />
      )}
    </>
  );
}

function SortChoice({ about }: { about: About }) {
  const setView = useSetView();
  const { data: dataset } = useDataset(usePlace());
  const { all } = useChosenSets();
  const others = all.map(({ name }) => name).filter((name) => name !== about.inferenceSet);
  const groups = sortGroups(dataset, about.elements, all.length > 0, others);
  const options = groups.flatMap(({ items }) => items);
  const now = readSort(about.sort);
  return (
    <span className={classes.sort}>
      <Select
        aria-label="Sort by"
        leftSection={<span className={classes.lead}>Sort by</span>}
        leftSectionWidth={60}
        className={classes.choice}
        placeholder="order of upload"
        clearable
        searchable
        maxDropdownHeight={320}
        data={groups.map(({ group, items }) => ({
          group,
          items: items.map(({ value, label }) => ({ value, label })),
        }))}
        value={now?.field ?? null}
        title={options.find(({ value }) => value === now?.field)?.label}
        onChange={(field) => {
          const option = options.find(({ value }) => value === field);
          setView({ sort: option ? writeSort(option.value, option.startsFalling) : undefined });
        }}
        clearButtonProps={{ "aria-label": "Back to the order of upload" }}
      />
      {now ? (
        <Tooltip label={now.isFalling ? "Largest first" : "Smallest first"}>
          <ActionIcon
            aria-label={now.isFalling ? "Largest first; turn round" : "Smallest first; turn round"}
            onClick={() => setView({ sort: writeSort(now.field, !now.isFalling) })}
          >
            {now.isFalling ? <IconDown size={16} /> : <IconUp size={16} />}
          </ActionIcon>
        </Tooltip>
      ) : null}
    </span>
  );
}

function OverlayChoice({ display, elements }: { display: Display; elements: ElementKind }) {
  return (
    <Popover position="bottom-end" width={220}>
      <Popover.Target>
        <UnstyledButton className={classes.overlayButton}>
          <IconEye size={16} /> Overlays
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown>
        <OverlaySwitches display={display} elements={elements} />
      </Popover.Dropdown>
    </Popover>
  );
}

/** Switches for labels, inferences, classes, confidence. */
export function OverlaySwitches({
  display,
  elements = "frames",
}: {
  display: Display;
  elements?: ElementKind;
}) {
  return (
    <div className={classes.switches}>
      {elements === "inferences" ? null : (
        <Checkbox
          label="Labels (solid)"
          checked={display.labels}
          onChange={(event) => display.setLabels(event.currentTarget.checked)}
        />
      )}
      {elements === "labels" ? null : (
        <Checkbox
          label="Inferences (dashed)"
          checked={display.inferences}
          onChange={(event) => display.setInferences(event.currentTarget.checked)}
        />
      )}
      <Checkbox
        label="Classes"
        checked={display.classes}
        onChange={(event) => display.setClasses(event.currentTarget.checked)}
      />
      {elements === "labels" ? null : (
        <Checkbox
          label="Confidence"
          checked={display.confidence}
          onChange={(event) => display.setConfidence(event.currentTarget.checked)}
        />
      )}
    </div>
  );
}

function SizeSlider({ display }: { display: Display }) {
  return (
    <Slider
      className={classes.size}
      size="xs"
      thumbLabel="Thumbnail size"
      label={null}
      min={96}
      max={480}
      step={16}
      value={display.size}
      onChange={display.setSize}
    />
  );
}
