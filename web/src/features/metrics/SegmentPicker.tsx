/** All Frames or one Model Performance segment; kept in the address. */

import { Select } from "@mantine/core";
import { useSegments } from "@/api/segments";
import { SEGMENT_TYPES } from "@/core/segments";
import { usePlace } from "@/state/place";
import { useSetView, useView } from "@/state/view";
import { oneLineOption } from "./oneLineOption";

const ALL = "";

/** The picker. */
export function SegmentPicker() {
  const { data: segments = [] } = useSegments(usePlace());
  const { segment } = useView();
  const setView = useSetView();
  const groups = SEGMENT_TYPES.filter((type) => type.isModelPerformance).map((type) => ({
    group: type.plural,
    items: segments
      .filter((one) => one.type === type.type && one.elements === "frames")
      .map(({ name }) => ({ value: `=${name}`, label: name })),
  }));
  return (
    <Select
      aria-label="Segment"
      w={220}
      searchable
      allowDeselect={false}
      renderOption={oneLineOption}
      value={segment ? `=${segment}` : ALL}
      onChange={(value) => setView({ segment: value ? value.slice(1) : undefined })}
      data={[{ value: ALL, label: "All Frames" }, ...groups.filter((group) => group.items.length)]}
    />
  );
}
