/** The very same upload in Python and in the shell, to copy. */

import type { Place } from "@/core/paths";
import { Command } from "@/ui/Command";
import { pythonCommand, shellCommand } from "./commands";
import type { SourceFile, UploadOptions } from "./plan";
import classes from "./UploadPage.module.css";

interface CommandsToCopyProps {
  readonly sources: readonly SourceFile[];
  readonly options: UploadOptions;
  readonly place: Place;
}

/** Both commands; they follow what is chosen. */
export function CommandsToCopy({ sources, options, place }: CommandsToCopyProps) {
  const target = { place, url: location.origin };
  return (
    <div className={classes.commands}>
      <h3 className={classes.commandTitle}>Python</h3>
      <Command text={pythonCommand(sources, options, target)} />
      <h3 className={classes.commandTitle}>Shell</h3>
      <Command text={shellCommand(sources, options, target)} />
    </div>
  );
}
