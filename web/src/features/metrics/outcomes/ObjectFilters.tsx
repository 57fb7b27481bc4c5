/** Narrows outcomes by what their objects are: size, and attributes of the labels. */

import { Select } from "@mantine/core";
import { useDataset } from "@/api/datasets";
import { useFacets } from "@/api/selections";
import type { FacetBody } from "@/api/types";
import { BACKGROUND } from "@/core/colours";
import { valueTerm } from "@/core/queries";
import { usePlace } from "@/state/place";
import { useHasBoxes } from "@/state/task";
import type { Drill } from "./drill";
import { attributesOf, SIZES } from "./objects";

/** More values than these are no choice but a search; the query bar is for those. */
const MOST_VALUES = 30;

interface ObjectFiltersProps {
  readonly drill: Drill;
  readonly onChange: (drill: Drill) => void;
}

/** The choices; each is there where it can make a difference. */
export function ObjectFilters({ drill, onChange }: ObjectFiltersProps) {
  const hasLabels = drill.truth !== BACKGROUND && drill.kind !== "false_positive";
  const attributes = useAttributes();
  const isOffered = attributes.length > 0 && hasLabels;
  return (
    <>
      {useHasBoxes() ? (
        <Select
          aria-label="Size of objects"
          w={180}
          data={[{ value: "", label: "Every size" }, ...SIZES]}
          value={drill.size ?? ""}
          onChange={(size) => onChange({ ...drill, size: size || undefined })}
          allowDeselect={false}
        />
      ) : null}
      {isOffered || drill.attribute ? (
        <Select
          aria-label="Attribute of labels"
          w={190}
          data={[{ value: "", label: "Every attribute" }, ...attributes]}
          value={drill.attribute ?? ""}
          onChange={(attribute) => onChange({ ...drill, attribute: attribute || undefined })}
          allowDeselect={false}
          searchable
          nothingFoundMessage="No such value"
        />
      ) : null}
    </>
  );
}

/** Attributes of the dataset's labels with few values, as groups of terms to choose from. */
function useAttributes() {
  const place = usePlace();
  const { data: dataset } = useDataset(place);
  const fields = attributesOf(dataset?.label_fields ?? []);
  const { data } = useFacets(place, { elements: "labels", fields }, { enabled: fields.length > 0 });
  return fields.length ? (data?.items ?? []).filter(isChoice).map(groupOf) : [];
}

/** Whether labels differ in it. */
function isChoice({ values = [], n_distinct, n_missing = 0 }: FacetBody): boolean {
  const n_kinds = values.length + (n_missing > 0 ? 1 : 0);
  return n_kinds > 1 && values.length > 0 && (n_distinct ?? 0) <= MOST_VALUES;
}

function groupOf({ field, values = [] }: FacetBody) {
  const items = values.map(({ value }) => ({
    value: valueTerm(field, value),
    label: `${field}: ${typeof value === "boolean" ? (value ? "yes" : "no") : String(value)}`,
  }));
  return { group: field, items };
}
