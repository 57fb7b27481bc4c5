/** The head of a column: an inference set, where it is judged, and what it comes to over all segments. */

import { ActionIcon, Menu } from "@mantine/core";
import { formatDelta, formatThreshold } from "@/core/numbers";
import { pagePath } from "@/core/paths";
import { useChosenSets } from "@/state/chosenSets";
import { useGo, usePlace } from "@/state/place";
import { useHasBoxes } from "@/state/task";
import { useExtra, useView } from "@/state/view";
import { IconMore } from "@/ui/icons";
import { VerdictMark } from "@/ui/VerdictMark";
import { useOpenTab } from "../useLooking";
import type { GridRow } from "./grid";
import classes from "./Matrix.module.css";
import { type SetSummary, summary } from "./reading";

/** The head. */
export function SetHead({ set, rows }: { set: string; rows: readonly GridRow[] }) {
  const { baseline } = useChosenSets();
  const isBaseline = set === baseline;
  const hasBoxes = useHasBoxes();
  const score = rows[0]?.cells.find((cell) => cell.score.inference_set === set)?.score;
  return (
    <div className={classes.head}>
      <div className={classes.headLine}>
        <span className={`${classes.set} one-line`} title={set}>
          {set}
        </span>
        {isBaseline ? <span className={classes.badge}>baseline</span> : null}
        <SetMenu set={set} />
      </div>
      <div className={classes.facts}>
        {score ? `confidence ${formatThreshold(score.confidence)}` : " "}
        {score && hasBoxes ? ` · IoU ${formatThreshold(score.iou)}` : null}
      </div>
      <Sum sum={summary(rows, set)} isBaseline={isBaseline} />
    </div>
  );
}

function Sum({ sum, isBaseline }: { sum: SetSummary; isBaseline: boolean }) {
  const [, setFilter] = useExtra("filter");
  const overall = sum.overall?.score.baseline_verdict;
  return (
    <div className={classes.sum}>
      {overall && !isBaseline ? (
        <span className={classes.sumPart}>
          <VerdictMark verdict={overall} shapeOnly />
          {formatDelta(sum.overall?.delta)} overall
        </span>
      ) : null}
      {sum.failing.length ? (
        <button
          type="button"
          className={classes.sumButton}
          data-tone="bad"
          onClick={() => setFilter("failing")}
          title={sum.failing.join("\n")}
        >
          ✗ {sum.failing.length} failing
        </button>
      ) : null}
      {sum.regressed.length ? (
        <button
          type="button"
          className={classes.sumButton}
          data-tone="bad"
          onClick={() => setFilter("regressed")}
          title={sum.regressed.join("\n")}
        >
          ▼ {sum.regressed.length} regressed
        </button>
      ) : null}
    </div>
  );
}

function SetMenu({ set }: { set: string }) {
  const place = usePlace();
  const go = useGo();
  const openTab = useOpenTab();
  const { baseline, setBaseline } = useChosenSets();
  const { conf, iou } = useView();
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <ActionIcon size="sm" aria-label={`More about ${set}`} className={classes.more}>
          <IconMore size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => openTab("metrics", { set })}>Class report</Menu.Item>
        {set === baseline ? null : (
          <>
            <Menu.Item onClick={() => openTab("compare", { set })}>Compare with {baseline}</Menu.Item>
            <Menu.Item onClick={() => setBaseline(set)}>Make it the baseline</Menu.Item>
            <Menu.Item
              onClick={() =>
                go(pagePath(place, "report", { baseline, conf, iou, extra: { candidate: set } }))
              }
            >
              Release report
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
