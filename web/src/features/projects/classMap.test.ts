import { expect, it } from "vitest";
import { classesOf, draftsOf, emptyDraft, namesOf } from "./classMap";

const classes = [
  {
    name: "car",
    id: 7,
    color: [15, 143, 196] as [number, number, number],
    train_name: null,
    ignore_in_eval: false,
    keypoint_names: ["nose"],
    skeleton: [],
  },
  {
    name: "van",
    id: 2,
    color: null,
    train_name: "car",
    ignore_in_eval: true,
    keypoint_names: [],
    skeleton: [],
  },
  {
    name: "sign",
    id: 3,
    color: null,
    train_name: "",
    ignore_in_eval: false,
    keypoint_names: [],
    skeleton: [],
  },
];

it("loses nothing between class map and editor", () => {
  expect(classesOf(draftsOf(classes))).toEqual(classes);
});

it("says what cannot be saved", () => {
  const drafts = draftsOf(classes);
  expect(classesOf([...drafts, emptyDraft("x")])).toMatch(/no name/);
  expect(classesOf([...drafts, { ...emptyDraft("x"), name: " car " }])).toMatch(
    /Two classes are called “car”/,
  );
  expect(classesOf([{ ...emptyDraft("x"), name: "a", colour: "red" }])).toMatch(/#0f8fc4/);
});

it("reads names a line or with commas", () => {
  expect(namesOf("car, truck\n\ntraffic light,car")).toEqual(["car", "truck", "traffic light"]);
});
