/** An option of a list on one line, however long its name is. */

import type { SelectProps } from "@mantine/core";
import classes from "./MetricsPage.module.css";

/** For `renderOption`. */
export const oneLineOption: NonNullable<SelectProps["renderOption"]> = ({ option }) => (
  <span className={`${classes.option} one-line`} title={option.label}>
    {option.label}
  </span>
);
