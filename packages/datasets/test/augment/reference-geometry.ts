// Geometric augmentations in float64: each pixel is followed back through the operations, one point at a time.
import type { RandomStream } from '@convoy/tensor/random';

export interface Form {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

type Point = readonly [x: number, y: number];
/** Where a point of the result comes from. */
export type Back = (point: Point) => Point;

const between = (random: RandomStream, index: number, least: number, greatest: number) =>
  least + (greatest - least) * random.uniform(index);

export const flipped =
  ({ height, width }: Form, horizontally: boolean): Back =>
  ([x, y]) =>
    horizontally ? [width - x, y] : [x, height - y];

export function cropped(random: RandomStream, form: Form, padding: number, size = [form.height, form.width]): Back {
  const [height = 0, width = 0] = size;
  const top = Math.floor(random.uniform(0) * (form.height + 2 * padding - height + 1)) - padding;
  const left = Math.floor(random.uniform(1) * (form.width + 2 * padding - width + 1)) - padding;
  return ([x, y]) => [left + (x * width) / form.width, top + (y * height) / form.height];
}

export function resizedCrop(random: RandomStream, form: Form, scale: Point, ratio: Point): Back {
  for (let attempt = 0; attempt < 10; attempt++) {
    const area = form.height * form.width * between(random, 2 * attempt, ...scale);
    const aspect = ratio[0] * (ratio[1] / ratio[0]) ** random.uniform(2 * attempt + 1);
    const [height, width] = [Math.round(Math.sqrt(area / aspect)), Math.round(Math.sqrt(area * aspect))];
    if (height < 1 || width < 1 || height > form.height || width > form.width) continue;
    const top = Math.floor(random.uniform(20) * (form.height - height + 1));
    const left = Math.floor(random.uniform(21) * (form.width - width + 1));
    return ([x, y]) => [left + (x * width) / form.width, top + (y * height) / form.height];
  }
  throw new Error('no attempt fits');
}

interface Motion {
  readonly degrees?: Point;
  readonly translate?: { readonly x: Point; readonly y: Point };
  readonly scale?: Point;
  readonly shear?: { readonly x: Point; readonly y: Point };
}

/** The forward matrix, rotation · shearing in y · shearing in x · scaling, is inverted by Cramer's rule. */
export function moved(random: RandomStream, { height, width }: Form, motion: Motion): Back {
  const zero: Point = [0, 0];
  const radians = (between(random, 0, ...(motion.degrees ?? zero)) * Math.PI) / 180;
  const right = Math.round(width * between(random, 1, ...(motion.translate?.x ?? zero)));
  const down = Math.round(height * between(random, 2, ...(motion.translate?.y ?? zero)));
  const factor = between(random, 3, ...(motion.scale ?? ([1, 1] as const)));
  const shearX = Math.tan((between(random, 4, ...(motion.shear?.x ?? zero)) * Math.PI) / 180);
  const shearY = Math.tan((between(random, 5, ...(motion.shear?.y ?? zero)) * Math.PI) / 180);
  const forward = ([x, y]: Point): Point => {
    const [scaledX, scaledY] = [factor * x, factor * y];
    const shearedX = scaledX - shearX * scaledY;
    const shearedY = scaledY - shearY * shearedX;
    // y points down, so this turns counterclockwise.
    return [
      Math.cos(radians) * shearedX + Math.sin(radians) * shearedY,
      Math.cos(radians) * shearedY - Math.sin(radians) * shearedX,
    ];
  };
  const [[a, c], [b, d]] = [forward([1, 0]), forward([0, 1])];
  const determinant = a * d - b * c;
  return ([x, y]) => {
    const [u, v] = [x - right - width / 2, y - down - height / 2];
    return [(d * u - b * v) / determinant + width / 2, (a * v - c * u) / determinant + height / 2];
  };
}

/** The planes whose pixels come from where `backs`, of which the last operation is the last one, lead. */
export function followedBack(
  row: ArrayLike<number>,
  { channels, height, width }: Form,
  backs: readonly Back[],
  fill: number,
  isBilinear: boolean,
): Float64Array {
  const at = (channel: number, i: number, j: number) => {
    const [line, column] = [Math.min(Math.max(i, 0), height - 1), Math.min(Math.max(j, 0), width - 1)];
    return row[(channel * height + line) * width + column] as number;
  };
  const valueAt = (channel: number, [x, y]: Point): number => {
    if (x < 0 || y < 0 || x >= width || y >= height) return fill;
    if (!isBilinear) return at(channel, Math.floor(y), Math.floor(x));
    const [i, j] = [Math.floor(y - 0.5), Math.floor(x - 0.5)];
    const [down, right] = [y - 0.5 - i, x - 0.5 - j];
    return (
      (1 - down) * (1 - right) * at(channel, i, j) +
      (1 - down) * right * at(channel, i, j + 1) +
      down * (1 - right) * at(channel, i + 1, j) +
      down * right * at(channel, i + 1, j + 1)
    );
  };
  return Float64Array.from({ length: channels * height * width }, (_, n) => {
    const [i, j] = [Math.floor(n / width) % height, n % width];
    const from = backs.reduceRight<Point>((point, back) => back(point), [j + 0.5, i + 0.5]);
    return valueAt(Math.floor(n / (height * width)), from);
  });
}
