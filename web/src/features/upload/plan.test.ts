import { describe, expect, it } from "vitest";
import { pythonCommand, shellCommand } from "./commands";
import {
  datasetIngest,
  imageSource,
  inferenceIngest,
  planFault,
  START_OPTIONS,
  sourceOf,
  stagedFiles,
} from "./plan";

const file = (name: string, text = "0123456789") => new File([text], name);
const coco = sourceOf(file("val.json"), { format: "coco", role: "labels" });
const table = sourceOf(file("frames.csv"), { format: "csv", role: "metadata" });
const results = sourceOf(file("v1.json"), { format: "coco", role: "inferences" });
const images = imageSource([
  { name: "shots/a/1.jpg", file: file("1.jpg") },
  { name: "shots/2.jpg", file: file("2.jpg") },
]);
const target = { place: { project: "driving", dataset: "val" }, url: "http://127.0.0.1:8000" };
const inferences = { ...START_OPTIONS, kind: "inferences" as const, name: "v1" };

describe("imageSource", () => {
  it("takes the common folder away", () => {
    expect(images.name).toBe("shots");
    expect(images.files.map(({ name }) => name)).toEqual(["a/1.jpg", "2.jpg"]);
    expect(images.n_bytes).toBe(20);
  });
});

describe("datasetIngest", () => {
  it("names every source by its place in the upload", () => {
    const ingest = datasetIngest([coco, table, images, results], START_OPTIONS, "up_1");
    expect(ingest).toMatchObject({
      labels: { upload: "up_1", path: "val.json", n_bytes: 10 },
      labels_format: "coco",
      metadata: { upload: "up_1", path: "frames.csv", n_bytes: 10 },
      images: { upload: "up_1", path: "images" },
      mode: "replace",
    });
    expect("inferences" in ingest).toBe(false);
  });

  it("stages what it names", () => {
    const names = stagedFiles([coco, table, images, results], "dataset").map(({ name }) => name);
    expect(names).toEqual(["val.json", "frames.csv", "images/a/1.jpg", "images/2.jpg"]);
  });
});

describe("inferenceIngest", () => {
  it("says which frames are covered", () => {
    const options = { ...inferences, covers: "query" as const, coversQuery: " split:test " };
    expect(inferenceIngest([results], options, "up_1")).toMatchObject({
      name: "v1",
      covers: "query:split:test",
      inferences: { path: "v1.json" },
    });
  });
});

describe("planFault", () => {
  it("finds nothing wrong with a good plan", () => {
    expect(planFault([coco, table, images], START_OPTIONS)).toBeNull();
    expect(planFault([results], inferences)).toBeNull();
  });

  it("says what is missing or too much", () => {
    expect(planFault([], START_OPTIONS)).toMatch(/Choose a file/);
    expect(planFault([coco, { ...table, role: "labels" }], START_OPTIONS)).toMatch(/Two sources/);
    expect(planFault([coco, { ...table, role: "frames" }], START_OPTIONS)).toMatch(/metadata/);
    expect(planFault([results, { ...table, role: "inferences" }], inferences)).toMatch(/one file/);
    expect(planFault([results], { ...inferences, name: "v 1" })).toMatch(/letters/);
    expect(planFault([results], { ...inferences, covers: "query" })).toMatch(/query/);
  });
});

describe("commands", () => {
  it("say the same in Python", () => {
    expect(pythonCommand([coco, table, images], START_OPTIONS, target)).toBe(
      `import shoal

sh = shoal.connect("http://127.0.0.1:8000")
sh.project("driving").datasets.upload(
    "val",
    coco="val.json",
    metadata="frames.csv",
    images="shots/",
)`,
    );
    expect(pythonCommand([results], inferences, target)).toContain(
      'dataset.inference_sets.upload("v1", coco_results="v1.json")',
    );
  });

  it("say the same in the shell, quoted", () => {
    const options = { ...inferences, covers: "query" as const, coversQuery: "it's:new", addClasses: true };
    const source = sourceOf(file("my runs.csv"), { format: "csv", role: "inferences" });
    expect(shellCommand([source], options, target)).toBe(
      [
        "shoal upload inferences v1",
        "--file 'my runs.csv'",
        "--covers 'query:it'\\''s:new'",
        "--add-classes",
        "--dataset val",
        "--project driving",
        "--url http://127.0.0.1:8000",
      ].join(" \\\n  "),
    );
  });
});
