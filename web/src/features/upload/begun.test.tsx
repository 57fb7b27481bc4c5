import { expect, it } from "vitest";
import { begunUpload, rememberUpload, signatureOf } from "./begun";

const file = (name: string, text: string, lastModified = 1) => ({
  name,
  file: new File([text], name, { lastModified }),
});
const place = { project: "p", dataset: "d" };

it("tells other files apart by name, size, time and order", () => {
  const one = [file("a.json", "x"), file("b.json", "yy")];
  expect(signatureOf(one)).toBe(signatureOf([file("a.json", "z"), file("b.json", "zz")]));
  for (const other of [
    [file("a.json", "x")],
    [file("a.json", "xx"), file("b.json", "yy")],
    [file("a.json", "x", 2), file("b.json", "yy")],
    [file("c.json", "x"), file("b.json", "yy")],
    [...one].reverse(),
  ])
    expect(signatureOf(other)).not.toBe(signatureOf(one));
});

it("takes up an upload of the same files only", () => {
  rememberUpload(place, { upload: "up_1", signature: "s" });
  expect(begunUpload(place, "s")).toBe("up_1");
  expect(begunUpload(place, "other")).toBeUndefined();
  expect(begunUpload({ ...place, dataset: "e" }, "s")).toBeUndefined();
  rememberUpload(place, null);
  expect(begunUpload(place, "s")).toBeUndefined();
});
