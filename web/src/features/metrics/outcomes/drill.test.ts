import { describe, expect, it } from "vitest";
import { drillQuery, drillTitle, flipsQuery, readDrill, writeDrill } from "./drill";

describe("what a number opens", () => {
  it("survives the address", () => {
    const drill = {
      set: "v2",
      segment: "Night & rain=1",
      truth: "car",
      predicted: undefined,
      kind: "false_negative",
      size: "small",
      attribute: 'note:"a & b"',
    };
    expect(readDrill(writeDrill(drill))).toEqual(drill);
    expect(readDrill(undefined)).toBeUndefined();
    expect(readDrill("truth=car")).toBeUndefined();
  });

  it("is a query over frames", () => {
    expect(drillQuery({ set: "v2", truth: "car", predicted: "truck" })).toBe(
      "outcome@v2(truth:car predicted:truck)",
    );
    expect(drillQuery({ set: "v2.1", segment: 'A "b"', kind: "confusion", truth: "traffic light" })).toBe(
      'segment:"A \\"b\\"" outcome@"v2.1"(kind:confusion truth:"traffic light")',
    );
    expect(drillQuery({ set: "v2", segment: "Night" })).toBe('segment:"Night"');
    expect(flipsQuery("v1", "v2", "Night")).toBe('segment:"Night" flipped(v1, v2)');
  });

  it("quotes what the language would read otherwise", () => {
    expect(drillQuery({ set: "v2", truth: "and" })).toBe('outcome@v2(truth:"and")');
  });

  it("holds what is asked of the objects", () => {
    expect(drillQuery({ set: "v2", kind: "false_negative", size: "small", attribute: "occluded:true" })).toBe(
      "outcome@v2(kind:false_negative (label.area_px < 1024 OR (truth:background inference.area_px < 1024)) label.occluded:true)",
    );
    expect(drillQuery({ set: "v2", size: "huge" })).toBe("");
  });

  it("has words", () => {
    expect(drillTitle({ set: "v2", truth: "car", predicted: "truck" })).toBe("car taken for truck");
    expect(drillTitle({ set: "v2", truth: "car", predicted: "background" })).toBe("car missed");
    expect(drillTitle({ set: "v2", truth: "background", predicted: "car" })).toBe("False alarms: car");
    expect(drillTitle({ set: "v2", kind: "false_negative" })).toBe("Missed");
  });
});
