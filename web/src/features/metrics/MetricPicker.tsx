/** Precision, recall or F1. */

import { SegmentedControl } from "@mantine/core";
import type { Metric } from "@/core/url";
import { useMeasure } from "./useMeasure";

/** The picker. */
export function MetricPicker() {
  const { metric, setMetric } = useMeasure();
  return (
    <SegmentedControl
      aria-label="Metric"
      value={metric}
      onChange={(value) => setMetric(value as Metric)}
      data={[
        { value: "precision", label: "Precision" },
        { value: "recall", label: "Recall" },
        { value: "f1", label: "F1" },
      ]}
    />
  );
}
