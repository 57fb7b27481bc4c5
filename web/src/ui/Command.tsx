/** A command to copy. */

import { ActionIcon, CopyButton } from "@mantine/core";
import classes from "./Command.module.css";
import { IconCheck, IconCopy } from "./icons";

/** One command, or several lines of code, with a button that copies it. */
export function Command({ text }: { text: string }) {
  return (
    <div className={classes.command}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre className={classes.text} tabIndex={0}>
        {text}
      </pre>
      <CopyButton value={text} timeout={1500}>
        {({ copied, copy }) => (
          <ActionIcon onClick={copy} aria-label={copied ? "Copied" : "Copy"} size="sm">
            {copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
          </ActionIcon>
        )}
      </CopyButton>
    </div>
  );
}
