import { expect, test } from "vitest";
import { formatAgo, formatDuration } from "./dates";

const NOW = new Date("2026-11-23T12:00:00Z");

test.each([
  ["2026-11-23T11:59:30Z", "just now"],
  ["2026-11-23T11:29:00Z", "31 min ago"],
  ["2026-11-23T02:00:00Z", "10 h ago"],
  ["2026-11-22T11:00:00Z", "yesterday"],
  ["2026-11-17T11:00:00Z", "6 days ago"],
  ["no date", "no date"],
])("%s is %s", (iso, text) => expect(formatAgo(iso, NOW)).toBe(text));

test.each([
  [0.42, "0.4 s"],
  [12.4, "12 s"],
  [200, "3 min 20 s"],
  [3900, "1 h 5 min"],
])("%s seconds are %s", (seconds, text) => expect(formatDuration(seconds)).toBe(text));
