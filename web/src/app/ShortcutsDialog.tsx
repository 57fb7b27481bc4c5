/** All keys that do something in what is shown. */

import { Kbd, Modal } from "@mantine/core";
import { Fragment } from "react";
import { useShortcutGroups } from "@/state/shortcuts";
import classes from "./ShortcutsDialog.module.css";

const SIGNS: Readonly<Record<string, string>> = {
  Mod: "Ctrl",
  ArrowUp: "↑",
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
  Escape: "Esc",
};

/** The dialog that `?` opens. */
export function ShortcutsDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const groups = useShortcutGroups();
  return (
    <Modal opened={opened} onClose={onClose} title="Shortcuts" closeButtonProps={{ "aria-label": "Close" }}>
      {groups.map((group) => (
        <section key={group.name} className={classes.group}>
          <h2 className={classes.name}>{group.name}</h2>
          <dl className={classes.list}>
            {group.shortcuts.map((shortcut) => (
              <Fragment key={shortcut.about}>
                <dt>
                  <Keys keys={shortcut.keys} />
                </dt>
                <dd>{shortcut.about}</dd>
              </Fragment>
            ))}
          </dl>
        </section>
      ))}
      <p className={classes.note}>Esc closes what is open; Tab moves between controls, Enter follows.</p>
    </Modal>
  );
}

function Keys({ keys }: { keys: readonly string[] }) {
  return (
    <>
      {keys.map((combination, place) => (
        <Fragment key={combination}>
          {place > 0 ? " or " : null}
          {combination.split("+").map((key) => (
            <Kbd key={key} size="xs" mr={2}>
              {SIGNS[key] ?? key}
            </Kbd>
          ))}
        </Fragment>
      ))}
    </>
  );
}
