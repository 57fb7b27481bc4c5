/** Which inference sets are compared, and with which. */

import { Button, Checkbox, Popover, Radio } from "@mantine/core";
import { countOf, formatPercent } from "@/core/numbers";
import { type ChosenSets, useChosenSets } from "@/state/chosenSets";
import { IconDown, IconFlag } from "@/ui/icons";
import classes from "./InferenceSetPicker.module.css";
import bar from "./TopBar.module.css";

/** The third part of the path in the top bar. */
export function InferenceSetPicker() {
  const sets = useChosenSets();
  if (sets.isLoading || sets.all.length === 0) return null;
  return (
    <>
      <span className={bar.arrow} aria-hidden="true">
        ›
      </span>
      <Popover position="bottom-start" trapFocus>
        <Popover.Target>
          <button type="button" className={bar.crumb} title={sets.names.join(", ")}>
            <span className="visually-hidden">Choose inference sets: </span>
            <Summary sets={sets} />
            <IconDown size={12} />
          </button>
        </Popover.Target>
        <Popover.Dropdown p={0}>
          <Choices sets={sets} />
        </Popover.Dropdown>
      </Popover>
    </>
  );
}

function Summary({ sets }: { sets: ChosenSets }) {
  const { names, all, baseline } = sets;
  return (
    <>
      <span className="one-line">
        {names.length === 1
          ? names[0]
          : `${names.length === all.length ? "" : `${names.length} of `}${countOf(all.length, "inference set")}`}
      </span>
      {baseline && names.length > 1 ? (
        <span className={classes.baseline}>
          <IconFlag size={12} />
          <span className="visually-hidden">baseline </span>
          <span className="one-line">{baseline}</span>
        </span>
      ) : null}
    </>
  );
}

function Choices({ sets }: { sets: ChosenSets }) {
  const toggle = (name: string) =>
    sets.choose(
      sets.names.includes(name) ? sets.names.filter((other) => other !== name) : [...sets.names, name],
    );
  return (
    <div className={classes.choices}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col">Shown</th>
            <th scope="col">Baseline</th>
            <th scope="col">Coverage</th>
          </tr>
        </thead>
        <tbody>
          {sets.all.map((set) => (
            <tr key={set.name}>
              <td>
                <Checkbox
                  label={set.name}
                  checked={sets.names.includes(set.name)}
                  disabled={sets.names.length === 1 && sets.names[0] === set.name}
                  onChange={() => toggle(set.name)}
                />
              </td>
              <td>
                <Radio
                  name="baseline"
                  aria-label={`${set.name} is the baseline`}
                  checked={sets.baseline === set.name}
                  onChange={() => sets.setBaseline(set.name)}
                />
              </td>
              <td>{formatPercent(set.n_frames ? set.n_covered / set.n_frames : null)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <Button
        variant="subtle"
        size="compact-xs"
        disabled={sets.names.length === sets.all.length}
        onClick={() => sets.choose([])}
      >
        Show all
      </Button>
    </div>
  );
}
