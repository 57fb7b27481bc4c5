/** The confusion matrix as a grid; arrows move, Enter opens the outcomes of a cell. */

import { type KeyboardEvent, useState } from "react";
import type { ReportBody } from "@/api/types";
import { BACKGROUND } from "@/core/colours";
import { formatCount, formatPercent } from "@/core/numbers";
import { type ConfusionNumbers, confusionName, heat, rowShares } from "./confusions";
import classes from "./Report.module.css";

interface ConfusionMatrixProps {
  readonly report: ReportBody;
  readonly numbers: ConfusionNumbers;
  readonly onOpen: (truth: string, predicted: string) => void;
}

/** The grid; truth in rows. */
export function ConfusionMatrix({ report, numbers, onOpen }: ConfusionMatrixProps) {
  const [active, setActive] = useState("0:0");
  const names = report.confusion_classes;
  const shares = rowShares(report.confusion);
  return (
    <div className={classes.wide}>
      <table
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a grid is a table with arrow keys
        role="grid"
        aria-label="Confusion matrix: truth in rows, predicted in columns"
        className={classes.confusion}
        onKeyDown={moveFocus}
      >
        <thead>
          <tr>
            <th scope="col" className={classes.corner}>
              truth ↓ · predicted →
            </th>
            {names.map((name) => (
              <th key={name} scope="col" title={name}>
                <span className="one-line">{name === BACKGROUND ? "missed" : name}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {names.map((truth, row) => (
            <tr key={truth}>
              <th scope="row" title={truth}>
                <span className="one-line">{truth === BACKGROUND ? "false alarms" : truth}</span>
              </th>
              {names.map((predicted, column) => {
                if (truth === BACKGROUND && predicted === BACKGROUND) {
                  return (
                    <td key={predicted}>
                      <span className="visually-hidden">nothing is counted here</span>
                    </td>
                  );
                }
                const count = report.confusion[row]?.[column] ?? 0;
                const share = shares[row]?.[column] ?? null;
                const place = `${row}:${column}`;
                const level = heat(share);
                return (
                  <td
                    key={predicted}
                    data-right={(truth === predicted && count > 0) || undefined}
                    style={
                      count ? ({ "--heat": `${Math.round(level * 100)}%` } as React.CSSProperties) : undefined
                    }
                  >
                    <button
                      type="button"
                      data-place={place}
                      tabIndex={active === place ? 0 : -1}
                      onFocus={() => setActive(place)}
                      onClick={() => count > 0 && onOpen(truth, predicted)}
                      aria-disabled={count === 0}
                      title={`${confusionName(truth, predicted)}: ${formatCount(count)} (${formatPercent(share)} of the row)`}
                    >
                      {count === 0 ? (
                        <span className={classes.zero}>·</span>
                      ) : numbers === "counts" ? (
                        formatCount(count)
                      ) : (
                        formatPercent(share)
                      )}
                      <span className="visually-hidden">, {confusionName(truth, predicted)}</span>
                    </button>
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const STEPS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

function moveFocus(event: KeyboardEvent<HTMLElement>): void {
  const from = (event.target as HTMLElement).dataset.place;
  const step = STEPS[event.key];
  if (!from || !step) return;
  event.preventDefault();
  const [row = 0, column = 0] = from.split(":").map(Number);
  event.currentTarget
    .querySelector<HTMLElement>(`[data-place="${row + step[0]}:${column + step[1]}"]`)
    ?.focus();
}
