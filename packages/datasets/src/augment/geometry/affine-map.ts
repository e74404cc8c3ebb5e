// Affine maps of the plane. They map the pixels of a result to the places in a source where their values come from.
// Coordinates are in pixels: x to the right from 0 to the width, y down from 0 to the height. The center of the pixel in
// column j and row i is (j + ½, i + ½).

/** [a, b, c, d, e, f]: (x, y) ↦ (a x + b y + c, d x + e y + f) */
export type AffineMap = Float64Array;

export const identityMap = (): AffineMap => Float64Array.of(1, 0, 0, 0, 1, 0);

/** Sets all numbers of a map. */
export function setMap(map: AffineMap, a: number, b: number, c: number, d: number, e: number, f: number): void {
  map[0] = a;
  map[1] = b;
  map[2] = c;
  map[3] = d;
  map[4] = e;
  map[5] = f;
}

/** outer ← outer ∘ inner: afterwards, `outer` maps a point as `inner` did and then as it did itself. */
export function compose(outer: AffineMap, inner: AffineMap): void {
  const a = outer[0] as number;
  const b = outer[1] as number;
  const d = outer[3] as number;
  const e = outer[4] as number;
  const p = inner[0] as number;
  const q = inner[1] as number;
  const r = inner[2] as number;
  const s = inner[3] as number;
  const t = inner[4] as number;
  const u = inner[5] as number;
  const c = a * r + b * u + (outer[2] as number);
  const f = d * r + e * u + (outer[5] as number);
  setMap(outer, a * p + b * s, a * q + b * t, c, d * p + e * s, d * q + e * t, f);
}

/** Whether a map takes pixels to whole pixels along the same axes: it is made of flips and shifts. */
export const isGridMap = (map: AffineMap): boolean =>
  Math.abs(map[0] as number) === 1 &&
  map[1] === 0 &&
  Number.isInteger(map[2]) &&
  map[3] === 0 &&
  Math.abs(map[4] as number) === 1 &&
  Number.isInteger(map[5]);
