// Augmentations of pixel values in float64, written as their formulas. Bytes are not rounded here.
import type { RandomStream } from '@convoy/tensor/random';
import type { Form } from './reference-geometry.ts';

type Row = ArrayLike<number>;
type Bounds = readonly [number, number];

const between = (random: RandomStream, index: number, [least, greatest]: Bounds) =>
  least + (greatest - least) * random.uniform(index);

const planesOf = (row: Row, { channels, height, width }: Form) =>
  Array.from({ length: channels }, (_, channel) =>
    Array.from({ length: height * width }, (_, i) => row[channel * height * width + i] as number),
  );

const flat = (planes: readonly (readonly number[])[]) => Float64Array.from(planes.flat());
const mean = (numbers: readonly number[]) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

const grayOf = ([red = [], green = [], blue = []]: readonly (readonly number[])[]) =>
  red.map((r, i) => 0.299 * r + 0.587 * (green[i] as number) + 0.114 * (blue[i] as number));

export const brightness = (row: Row, _: Form, random: RandomStream, factor: Bounds) =>
  Float64Array.from(row, (number) => number * between(random, 0, factor));

export function contrast(row: Row, form: Form, random: RandomStream, factor: Bounds) {
  const f = between(random, 0, factor);
  const middle = mean(form.channels === 3 ? grayOf(planesOf(row, form)) : Array.from(row));
  return Float64Array.from(row, (number) => middle + f * (number - middle));
}

export function saturation(row: Row, form: Form, random: RandomStream, factor: Bounds) {
  const f = between(random, 0, factor);
  const planes = planesOf(row, form);
  const gray = grayOf(planes);
  return flat(planes.map((plane) => plane.map((v, i) => (gray[i] as number) + f * (v - (gray[i] as number)))));
}

export function grayscale(row: Row, form: Form, random: RandomStream, probability: number) {
  const planes = planesOf(row, form);
  return random.uniform(0) < probability ? flat(planes.map(() => grayOf(planes))) : Float64Array.from(row);
}

/** To hue, saturation and value, and back by the six cases of the textbook. */
export function hue(row: Row, form: Form, random: RandomStream, shift: Bounds) {
  const [red = [], green = [], blue = []] = planesOf(row, form);
  const by = between(random, 0, shift);
  const pixels = red.map((r, i) => shiftedHue([r, green[i] as number, blue[i] as number], by));
  return flat([0, 1, 2].map((channel) => pixels.map((pixel) => pixel[channel] as number)));
}

function shiftedHue([r, g, b]: readonly [number, number, number], by: number): readonly number[] {
  const [v, least] = [Math.max(r, g, b), Math.min(r, g, b)];
  const c = v - least;
  if (c === 0) return [r, g, b];
  const degrees = 60 * (v === r ? ((g - b) / c + 6) % 6 : v === g ? (b - r) / c + 2 : (r - g) / c + 4);
  const turned = (((degrees + 360 * by) % 360) + 360) % 360;
  const x = c * (1 - Math.abs(((turned / 60) % 2) - 1));
  const six = [
    [c, x, 0],
    [x, c, 0],
    [0, c, x],
    [0, x, c],
    [x, 0, c],
    [c, 0, x],
  ][Math.floor(turned / 60)];
  return (six as number[]).map((part) => part + least);
}

export function gaussianNoise(row: Row, _: Form, random: RandomStream, deviation: Bounds) {
  const sigma = between(random, 0, deviation);
  const noise = new Float64Array(row.length);
  random.fillNormal(1, noise);
  return noise.map((number, i) => (row[i] as number) + sigma * number);
}

export function sharpness(row: Row, form: Form, random: RandomStream, factor: Bounds) {
  const f = between(random, 0, factor);
  const { height, width } = form;
  const weights = [1, 1, 1, 1, 5, 1, 1, 1, 1].map((weight) => weight / 13);
  const smooth = (plane: readonly number[], i: number, j: number) =>
    weights.reduce((sum, weight, k) => {
      const at = (i + Math.floor(k / 3) - 1) * width + j + (k % 3) - 1;
      return sum + weight * (plane[at] as number);
    }, 0);
  const isBorder = (i: number, j: number) => i === 0 || j === 0 || i === height - 1 || j === width - 1;
  return flat(
    planesOf(row, form).map((plane) =>
      plane.map((v, n) => {
        const [i, j] = [Math.floor(n / width), n % width];
        if (isBorder(i, j)) return v;
        const soft = smooth(plane, i, j);
        return soft + f * (v - soft);
      }),
    ),
  );
}

export const posterize = (row: Row, bits: number) =>
  Float64Array.from(row, (level) => level - (level % 2 ** (8 - bits)));

export const solarize = (row: Row, threshold: number) =>
  Float64Array.from(row, (level) => (level < threshold ? level : 255 - level));

export const autoContrast = (row: Row, form: Form) =>
  flat(
    planesOf(row, form).map((plane) => {
      const [least, greatest] = [Math.min(...plane), Math.max(...plane)];
      return plane.map((v) => (greatest === least ? v : ((v - least) / (greatest - least)) * 255));
    }),
  );

export function equalize(row: Row, form: Form) {
  return flat(
    planesOf(row, form).map((plane) => {
      const greatest = Math.max(...plane);
      const step = Math.floor(plane.filter((v) => v < greatest).length / 255);
      if (step === 0) return plane;
      const below = (v: number) => plane.filter((other) => other < v).length;
      return plane.map((v) => Math.min(255, Math.floor((below(v) + Math.floor(step / 2)) / step)));
    }),
  );
}

/** Numbers with those of rectangles, [top, left, bottom, right], replaced. */
export function hidden(
  row: Row,
  { height, width }: Form,
  rectangles: readonly (readonly number[])[],
  fill: readonly number[],
) {
  const isHidden = (i: number, j: number) =>
    rectangles.some(([top = 0, left = 0, bottom = 0, right = 0]) => i >= top && i < bottom && j >= left && j < right);
  return Float64Array.from(row, (number, n) =>
    isHidden(Math.floor(n / width) % height, n % width) ? (fill[Math.floor(n / (height * width))] as number) : number,
  );
}
