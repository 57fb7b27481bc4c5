import { describe, expect, it } from "vitest";
import type { MapColours } from "@/api/maps";
import { NO_VALUE, SELECTED, SHOWN } from "@/render/scatter/points";
import { colouringOf, quantileEdges, readColour, rgbOf, writeColour } from "./colouring";
import { countsOf, flagsOf } from "./flags";

const grey = () => "#868e96";

function numbers(values: number[]): MapColours {
  const bytes = new Uint8Array(Float32Array.from(values).buffer);
  return { kind: "numbers", legend: [], low: 0, high: 1, values: "", bytes };
}

describe("a colouring", () => {
  it("is in the address as words, class when nothing is said", () => {
    expect(readColour(undefined)).toEqual({ by: "field", name: "class" });
    expect(readColour("field:a:b")).toEqual({ by: "field", name: "a:b" });
    expect(readColour("nonsense")).toEqual({ by: "field", name: "class" });
    expect(writeColour({ by: "outcome", name: "v1" })).toBe("outcome:v1");
    expect(writeColour({ by: "field", name: "class" })).toBeUndefined();
  });

  it("puts numbers in parts of equal size, each a query of its own", () => {
    const { codes, rows } = colouringOf(
      numbers([...Array.from({ length: 70 }, (_, i) => i), Number.NaN]),
      { by: "field", name: "lux" },
      grey,
    );
    expect(rows).toHaveLength(7);
    expect(codes[70]).toBe(NO_VALUE);
    const sizes = rows.map((_, code) => codes.filter((own) => own === code).length);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(2);
    expect(rows[0]?.query).toBe("lux < 10");
    expect(rows[1]?.query).toBe("lux >= 10 lux < 20");
    expect(rows[6]?.query).toBe("lux >= 59");
  });

  it("has fewer parts where values repeat, and one for a single value", () => {
    expect(quantileEdges(Float32Array.of(0, 0, 0, 0, 0, 0, 9), 7)).toEqual([0, 9, 9]);
    expect(quantileEdges(Float32Array.of(), 7)).toEqual([]);
    const one = colouringOf(numbers([4, 4]), { by: "field", name: "a b" }, grey);
    expect(one.rows.map(({ query }) => query)).toEqual(['exists("a b")']);
  });

  it("takes classes from the class map and words for outcomes", () => {
    const legend = [
      { value: "car", count: 1, query: "class:car" },
      { value: null, count: 2 },
    ];
    const answer: MapColours = { kind: "categories", legend, values: "", bytes: Uint8Array.of(0, 1) };
    const { rows } = colouringOf(answer, { by: "field", name: "class" }, () => "rgb(1 2 3)");
    expect(rows.map(({ label, colour, query }) => [label, colour, query])).toEqual([
      ["car", [1, 2, 3], "class:car"],
      ["others", [134, 142, 150], null],
    ]);
    const missed = { ...answer, legend: [{ value: "false_negative", count: 1 }] };
    expect(colouringOf(missed, { by: "outcome", name: "v1" }, grey).rows[0]?.label).toBe("missed");
    expect(rgbOf("#0f8fc4")).toEqual([15, 143, 196]);
    expect(rgbOf("#f0a")).toEqual([255, 0, 170]);
    expect(rgbOf("rgb(1 2 3)")).toEqual([1, 2, 3]);
  });
});

describe("flags", () => {
  it("say what the query and the selection hold, first element in the lowest bit", () => {
    const flags = flagsOf(9, Uint8Array.of(0b0000_0101, 1), Uint8Array.of(0b0000_0110, 0));
    expect([...flags.slice(0, 3)]).toEqual([SHOWN, SELECTED, SHOWN | SELECTED]);
    expect(flags[8]).toBe(SHOWN);
    expect([...flagsOf(2, undefined, undefined)]).toEqual([SHOWN, SHOWN]);
  });

  it("count shown points that are somewhere", () => {
    const xy = Float32Array.of(0, 0, 1, 1, Number.NaN, Number.NaN);
    const counts = countsOf(Uint8Array.of(4, 4, 4), Uint8Array.of(SHOWN, SELECTED, SHOWN), xy);
    expect(counts[4]).toBe(1);
  });
});
