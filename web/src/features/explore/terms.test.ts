import { describe, expect, it } from "vitest";
import { valueTerm } from "@/core/queries";
import { aboutLabels, hasTerm, rangeTerm, similarTerm, withoutTerm, withTerm } from "./terms";

describe("terms", () => {
  it("quote what is not one plain word", () => {
    expect(valueTerm("split", "training")).toBe("split:training");
    expect(valueTerm("weather", "light rain")).toBe('weather:"light rain"');
    expect(valueTerm("note", 'say "no\\"')).toBe('note:"say \\"no\\\\\\""');
    expect(valueTerm("city", "NOT")).toBe('city:"NOT"');
    expect(valueTerm("city", "ber*")).toBe('city:"ber*"');
    expect(valueTerm("code", "007")).toBe('code:"007"');
    expect(valueTerm("a field", "x")).toBe('"a field":x');
  });

  it("write what is near to an element", () => {
    expect(similarTerm("000123", 50)).toBe('similar(id:"000123", 50)');
    expect(similarTerm('a"b', 5, "my space")).toBe('similar(id:"a\\"b", 5, space:"my space")');
  });

  it("write numbers and yes or no as they are", () => {
    expect(valueTerm("lanes", 3)).toBe("lanes:3");
    expect(valueTerm("is_rural", false)).toBe("is_rural:false");
    expect(rangeTerm("lux", 2.3, 1728.7399999999998)).toBe("lux:2.3..1728.74");
  });

  it("about labels depend on what is selected", () => {
    expect(aboutLabels("class:car", "frames")).toBe("label(class:car)");
    expect(aboutLabels("class:car", "labels")).toBe("class:car");
  });
});

describe("withTerm", () => {
  it("adds once", () => {
    expect(withTerm("", "a:b")).toBe("a:b");
    expect(withTerm("c:d", "a:b")).toBe("c:d a:b");
    expect(withTerm("c:d a:b", "a:b")).toBe("c:d a:b");
  });

  it("keeps an OR together", () => {
    expect(withTerm("c:d OR e:f", "a:b")).toBe("(c:d OR e:f) a:b");
    expect(withTerm("(c:d OR e:f)", "a:b")).toBe("(c:d OR e:f) a:b");
    expect(withTerm('x:"a OR b"', "a:b")).toBe('x:"a OR b" a:b');
  });
});

describe("withoutTerm", () => {
  it("undoes withTerm", () => {
    for (const query of ["c:d", "(c:d OR e:f)", 'x:"a ( b"', ""]) {
      expect(withoutTerm(withTerm(query, "a:b"), "a:b")).toBe(query);
    }
  });

  it("leaves terms inside others alone", () => {
    for (const query of ["label(a:b)", "NOT a:b", 'x:"y a:b z"', "aa:b", "a:bc"]) {
      expect(hasTerm(query, "a:b")).toBe(false);
      expect(withoutTerm(query, "a:b")).toBe(query);
    }
  });

  it("knows the long name of metadata", () => {
    expect(hasTerm("user__split:training", "split:training")).toBe(true);
    expect(withoutTerm("c:d user__split:training", "split:training")).toBe("c:d");
  });

  it("takes the AND with it", () => {
    expect(withoutTerm("c:d AND a:b", "a:b")).toBe("c:d");
    expect(withoutTerm("a:b AND c:d", "a:b")).toBe("c:d");
    expect(withoutTerm("c:d a:b e:f", "a:b")).toBe("c:d e:f");
  });
});
