/** What the matrix shows, in which order, and taking it away. */

import { Button, Menu, SegmentedControl } from "@mantine/core";
import { pagePath } from "@/core/paths";
import { useChosenSets } from "@/state/chosenSets";
import { usePlace } from "@/state/place";
import { useExtra, useSetView, useView } from "@/state/view";
import { AppLink } from "@/ui/AppLink";
import { IconDown, IconPrint } from "@/ui/icons";
import { AveragePicker } from "../AveragePicker";
import { MetricPicker } from "../MetricPicker";
import { useSetInFocus } from "../useLooking";
import { useMeasure } from "../useMeasure";
import { exportUrl } from "./exporting";
import type { GridRow } from "./grid";
import classes from "./Matrix.module.css";
import { isFailing, isRegressed, type RowFilter, type RowOrder } from "./reading";

interface MatrixControlsProps {
  readonly rows: readonly GridRow[];
  readonly filter: RowFilter;
  readonly order: RowOrder;
}

/** One line of controls. */
export function MatrixControls({ rows, filter, order }: MatrixControlsProps) {
  const { view } = useView();
  const setView = useSetView();
  const [, setFilter] = useExtra("filter");
  const count = (holds: typeof isFailing) => rows.filter((row) => row.cells.some(holds)).length;
  return (
    <div className={classes.controls}>
      <MetricPicker />
      <AveragePicker />
      <SegmentedControl
        aria-label="Segments shown"
        value={filter}
        onChange={(value) => setFilter(value === "all" ? undefined : value)}
        data={[
          { value: "all", label: "All" },
          { value: "failing", label: `Failing ${count(isFailing)}` },
          { value: "regressed", label: `Regressed ${count(isRegressed)}` },
        ]}
      />
      <SegmentedControl
        aria-label="Order"
        value={order}
        onChange={(value) => setView({ sort: value === "worst" ? "worst" : undefined })}
        data={[
          { value: "name", label: "By name" },
          { value: "worst", label: "Worst Δ first" },
        ]}
      />
      <span className={classes.space} />
      <SegmentedControl
        aria-label="View"
        value={view === "cards" ? "cards" : "table"}
        onChange={(value) => setView({ view: value === "cards" ? "cards" : undefined })}
        data={[
          { value: "table", label: "Table" },
          { value: "cards", label: "Cards" },
        ]}
      />
      <Export />
      <ReleaseLink />
    </div>
  );
}

function Export() {
  const place = usePlace();
  const { names, baseline } = useChosenSets();
  const measure = useMeasure();
  const { conf, iou, q: query } = useView();
  const [querySet] = useSetInFocus();
  const isPerSet = typeof conf === "object" || typeof iou === "object";
  const href = (format: string) =>
    exportUrl(place, { names, baseline, conf, iou, query, querySet, ...measure }, format);
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" rightSection={<IconDown size={12} />}>
          Export
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {isPerSet ? (
          <Menu.Label maw={240}>
            A file is written at one operating point for all sets; choose it with the sliders.
          </Menu.Label>
        ) : null}
        {["CSV", "Markdown", "JSON", "Parquet"].map((name) => (
          <Menu.Item key={name} component="a" href={href(name.toLowerCase())} download disabled={isPerSet}>
            {name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function ReleaseLink() {
  const place = usePlace();
  const { baseline } = useChosenSets();
  const [candidate] = useSetInFocus();
  const { conf, iou } = useView();
  if (!candidate || !baseline || candidate === baseline) return null;
  return (
    <Button
      variant="default"
      component={AppLink}
      href={pagePath(place, "report", { baseline, conf, iou, extra: { candidate } })}
      leftSection={<IconPrint size={14} />}
      title={`${candidate} against ${baseline}`}
    >
      Release report
    </Button>
  );
}
