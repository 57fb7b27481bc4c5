import { describe, expect, it } from "vitest";
import { isImage, recognise, slugOf, stagedName } from "./recognise";

const glimpse = (name: string, head = "", tail = "") => ({ name, head, tail });

describe("recognise", () => {
  it.each([
    ["val.json", '{"images": [{"id": 1', "coco", "labels"],
    ["v1.json", '[{"image_id": 1, "category_id": 2, "bbox": [1,2,3,4], "score": 0.5}', "coco", "inferences"],
    ["out.json", '{"predictions": [', "coco", "inferences"],
    ["rows.json", '[{"frame_id": "a", "city": "oslo"}', "jsonl", "metadata"],
    ["rows.csv", "frame_id,class,x,y,w,h,score\n", "csv", "inferences"],
    ["rows.csv", '"frame_id";"class";"x"\n', "csv", "labels"],
    ["rows.csv", "frame_id,score_of_judge\nclass,1", "csv", "metadata"],
    ["rows.jsonl", '{"frame_id": "a", "labels": []}\n', "jsonl", "labels"],
    ["a/0001.JPG", "", "image_folder", "images"],
    ["noname", "PAR1", "parquet", "metadata"],
    ["noname.txt", '{"a": 1}\n{"a": 2}\n', "jsonl", "metadata"],
    ["noname.txt", "a,b\n1,2", "csv", "metadata"],
  ])("%s with %s is %s of %s", (name, head, format, role) => {
    expect(recognise(glimpse(name, head))).toEqual({ format, role });
  });

  it("reads the columns of Parquet from its end", () => {
    expect(recognise(glimpse("v.parquet", "PAR1", "frame_id\0confidence\0"))).toEqual({
      format: "parquet",
      role: "inferences",
    });
  });
});

describe("stagedName", () => {
  it("keeps an ending that tells the format", () => {
    expect(stagedName("v.json", "coco")).toBe("v.json");
    expect(stagedName("v.json", "jsonl")).toBe("v.json");
    expect(stagedName("v.csv.gz", "csv")).toBe("v.csv.gz");
  });

  it("adds an ending that tells the format", () => {
    expect(stagedName("v.txt", "csv")).toBe("v.txt.csv");
    expect(stagedName("v.json", "csv")).toBe("v.json.csv");
    expect(stagedName("v.dat.gz", "jsonl")).toBe("v.dat.jsonl.gz");
  });
});

describe("slugOf", () => {
  it("makes a name the server takes", () => {
    expect(slugOf("runs/yolo v2 (night).json.gz")).toBe("yolo_v2_night");
    expect(slugOf("😀.json")).toBe("inferences");
  });
});

it("knows images by their names", () => {
  expect(isImage("a/b.jpeg")).toBe(true);
  expect(isImage("a.jpg.txt")).toBe(false);
});
