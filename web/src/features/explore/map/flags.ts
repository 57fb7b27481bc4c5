/** Which points are shown in full, which are selected, and how many there are of each colour. */

import { SELECTED, SHOWN } from "@/render/scatter/points";

/** Bits by element, first element in the lowest bit of the first byte. */
export type Bits = Uint8Array;

/** The flags of every point; without a mask all are shown, or none selected. */
export function flagsOf(n: number, shown: Bits | undefined, selected: Bits | undefined): Uint8Array {
  const flags = new Uint8Array(n);
  for (let i = 0; i < n; i++) {
    flags[i] = (isSet(shown, i, true) ? SHOWN : 0) | (isSet(selected, i, false) ? SELECTED : 0);
  }
  return flags;
}

function isSet(bits: Bits | undefined, i: number, otherwise: boolean): boolean {
  return bits ? (((bits[i >> 3] as number) >> (i & 7)) & 1) === 1 : otherwise;
}

/** Shown points by code. */
export function countsOf(codes: Uint8Array, flags: Uint8Array, xy: Float32Array): Uint32Array {
  const counts = new Uint32Array(256);
  for (let i = 0; i < codes.length; i++) {
    if (((flags[i] as number) & SHOWN) === 0 || Number.isNaN(xy[2 * i] as number)) continue;
    const code = codes[i] as number;
    counts[code] = (counts[code] as number) + 1;
  }
  return counts;
}
