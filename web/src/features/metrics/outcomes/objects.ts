/** What can be asked of the objects of outcomes: their size, and attributes of labels. */

const [SMALL, LARGE] = [32 ** 2, 96 ** 2];

/** COCO's three sizes; of the label, and of the inference where there is no label. */
export const SIZES = [
  { value: "small", label: "Small, under 32² px", where: either(`area_px < ${SMALL}`) },
  { value: "medium", label: "Medium", where: either(`area_px:${SMALL}..${LARGE}`) },
  { value: "large", label: "Large, over 96² px", where: either(`area_px > ${LARGE}`) },
] as const;

function either(term: string): string {
  return `(label.${term} OR (truth:background inference.${term}))`;
}

/** Columns every label has; the others are attributes somebody uploaded. */
const BUILT_IN: ReadonlySet<string> = new Set([
  "label_id",
  "class",
  "x",
  "y",
  "w",
  "h",
  "area_px",
  "segmentation",
]);

/** The fields of labels worth filtering by. */
export function attributesOf(fields: readonly { readonly name: string }[]): readonly string[] {
  return fields.map(({ name }) => name).filter((name) => !BUILT_IN.has(name));
}
