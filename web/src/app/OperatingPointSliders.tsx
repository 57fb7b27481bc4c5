/** The operating point: two sliders for all inference sets, and a table for each on its own. */

import { ActionIcon, Button, NumberInput, Popover, Slider, Tooltip } from "@mantine/core";
import { formatThreshold } from "@/core/numbers";
import { type Threshold, thresholdOf } from "@/core/url";
import { useChosenSets } from "@/state/chosenSets";
import { type OperatingPoint, useOperatingPoint } from "@/state/operatingPoint";
import { useHasBoxes } from "@/state/task";
import { IconMore } from "@/ui/icons";
import classes from "./OperatingPointSliders.module.css";

/** Both sliders. */
export function OperatingPointSliders() {
  const point = useOperatingPoint();
  const hasBoxes = useHasBoxes();
  return (
    <div className={classes.point}>
      <ThresholdSlider
        label="Confidence threshold"
        short="Conf"
        value={point.confidence}
        standard={point.defaults.confidence}
        min={0}
        step={0.01}
        onMove={(conf) => point.move({ conf })}
        onSettle={(conf) => point.settle({ conf })}
      />
      {hasBoxes ? (
        <ThresholdSlider
          label="IoU threshold"
          short="IoU"
          value={point.iou}
          standard={point.defaults.iou}
          min={0.1}
          step={0.05}
          onMove={(iou) => point.move({ iou })}
          onSettle={(iou) => point.settle({ iou })}
        />
      ) : null}
      <PerSet point={point} />
    </div>
  );
}

interface ThresholdSliderProps {
  readonly label: string;
  readonly short: string;
  readonly value: Threshold | undefined;
  readonly standard: number;
  readonly min: number;
  readonly step: number;
  readonly onMove: (value: number) => void;
  readonly onSettle: (value: number) => void;
}

function ThresholdSlider({
  label,
  short,
  value,
  standard,
  min,
  step,
  onMove,
  onSettle,
}: ThresholdSliderProps) {
  const isPerSet = typeof value === "object";
  const shown = typeof value === "number" ? value : standard;
  return (
    <div className={classes.slider}>
      <Tooltip label={label}>
        <span className={classes.name}>{short}</span>
      </Tooltip>
      <Slider
        className={classes.track}
        size={2}
        thumbSize={12}
        thumbLabel={label}
        label={null}
        min={min}
        max={1}
        step={step}
        value={shown}
        onChange={onMove}
        onChangeEnd={onSettle}
      />
      <span className={classes.value}>{isPerSet ? "per set" : formatThreshold(shown)}</span>
    </div>
  );
}

function PerSet({ point }: { point: OperatingPoint }) {
  const { chosen } = useChosenSets();
  const isOwn = point.confidence === undefined && point.iou === undefined;
  return (
    <Popover position="bottom-end" trapFocus>
      <Popover.Target>
        <ActionIcon aria-label="Operating point of each inference set">
          <IconMore />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown p="sm">
        <table className={classes.table}>
          <thead>
            <tr>
              <th scope="col">Inference set</th>
              <th scope="col">Confidence</th>
              <th scope="col">IoU</th>
            </tr>
          </thead>
          <tbody>
            {chosen.map((set) => (
              <tr key={set.name}>
                <td className="user-text">{set.name}</td>
                <td>
                  <ThresholdInput
                    label={`Confidence threshold of ${set.name}`}
                    value={
                      thresholdOf(point.confidence, set.name) ?? set.confidence ?? point.defaults.confidence
                    }
                    min={0}
                    step={0.01}
                    onChange={(value) =>
                      point.settle({ conf: { ...asTable(point.confidence, chosen), [set.name]: value } })
                    }
                  />
                </td>
                <td>
                  <ThresholdInput
                    label={`IoU threshold of ${set.name}`}
                    value={thresholdOf(point.iou, set.name) ?? set.iou ?? point.defaults.iou}
                    min={0.1}
                    step={0.05}
                    onChange={(value) =>
                      point.settle({ iou: { ...asTable(point.iou, chosen), [set.name]: value } })
                    }
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        <Button
          mt="xs"
          variant="subtle"
          size="compact-xs"
          disabled={isOwn}
          onClick={() => point.settle({ conf: undefined, iou: undefined })}
        >
          Each set's own
        </Button>
      </Popover.Dropdown>
    </Popover>
  );
}

function asTable(
  value: Threshold | undefined,
  sets: readonly { readonly name: string }[],
): Record<string, number> {
  if (typeof value === "number") return Object.fromEntries(sets.map(({ name }) => [name, value]));
  return { ...value };
}

interface ThresholdInputProps {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly step: number;
  readonly onChange: (value: number) => void;
}

function ThresholdInput({ label, value, min, step, onChange }: ThresholdInputProps) {
  return (
    <NumberInput
      aria-label={label}
      w={88}
      value={value}
      min={min}
      max={1}
      step={step}
      decimalScale={3}
      clampBehavior="strict"
      onChange={(next) => {
        if (typeof next === "number" && next >= min && next <= 1) onChange(next);
      }}
    />
  );
}
