// Measures the time that each augmentation takes for one sample, and prints the table of docs/augmentation.md:
// node --conditions=@convoy/source packages/datasets/test/programs/augmentation-cost.ts
import {
  type Augmentation,
  Augmenter,
  affine,
  autoContrast,
  brightness,
  contrast,
  cutmix,
  cutout,
  equalize,
  gaussianNoise,
  grayscale,
  horizontalFlip,
  hue,
  Mixer,
  mixup,
  posterize,
  randAugment,
  randomCrop,
  randomErasing,
  randomResizedCrop,
  rotate,
  saturation,
  scale,
  sharpness,
  solarize,
  translate,
  verticalFlip,
} from '@convoy/datasets/augment';
import { RandomStream } from '@convoy/tensor/random';

const SHAPES = [
  [1, 28, 28],
  [3, 32, 32],
] as const;
const factor = [0.6, 1.4] as const;

const operations: readonly (readonly [text: string, augment: readonly Augmentation[]])[] = [
  ['none: a copy', []],
  ['`randomCrop({ padding: 4 })`', [randomCrop({ padding: 4 })]],
  ['`randomResizedCrop()`', [randomResizedCrop()]],
  ['`horizontalFlip()`', [horizontalFlip()]],
  ['`verticalFlip()`', [verticalFlip()]],
  ['`rotate({ degrees: 15 })`', [rotate({ degrees: 15 })]],
  ["`rotate({ degrees: 15, interpolation: 'nearest' })`", [rotate({ degrees: 15, interpolation: 'nearest' })]],
  ['`translate({ x: 0.1, y: 0.1 })`', [translate({ x: 0.1, y: 0.1 })]],
  ['`scale({ factor: [0.8, 1.2] })`', [scale({ factor: [0.8, 1.2] })]],
  ['`affine({ degrees: 10, translate: 0.1, shear: 5 })`', [affine({ degrees: 10, translate: 0.1, shear: 5 })]],
  ['`brightness({ factor: [0.6, 1.4] })`', [brightness({ factor })]],
  ['`contrast({ factor: [0.6, 1.4] })`', [contrast({ factor })]],
  ['`saturation({ factor: [0.6, 1.4] })`', [saturation({ factor })]],
  ['`hue({ shift: 0.1 })`', [hue({ shift: 0.1 })]],
  ['`grayscale({ probability: 1 })`', [grayscale({ probability: 1 })]],
  ['`sharpness({ factor: [0.6, 1.4] })`', [sharpness({ factor })]],
  ['`posterize({ bits: 4 })`', [posterize({ bits: 4 })]],
  ['`solarize({ threshold: 128 })`', [solarize({ threshold: 128 })]],
  ['`autoContrast()`', [autoContrast()]],
  ['`equalize()`', [equalize()]],
  ['`gaussianNoise({ deviation: 8 })`', [gaussianNoise({ deviation: 8 })]],
  ['`cutout({ size: 8 })`', [cutout({ size: 8 })]],
  ['`randomErasing({ probability: 1 })`', [randomErasing({ probability: 1 })]],
  ['`randAugment()`', [randAugment()]],
  ['`randomCrop({ padding: 4 })`, `horizontalFlip()`', [randomCrop({ padding: 4 }), horizontalFlip()]],
];
const mixes = [
  ['`mixup()`, of rows that are augmented', mixup()],
  ['`cutmix()`, of rows that are augmented', cutmix()],
] as const;

type Shape = (typeof SHAPES)[number];

/** The least microseconds of one call, in runs of 500 calls. */
function microseconds(call: (sample: number) => void): number {
  const CALLS = 500;
  let least = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 40; run++) {
    const start = performance.now();
    for (let sample = 0; sample < CALLS; sample++) call(sample);
    least = Math.min(least, performance.now() - start);
  }
  return (1000 * least) / CALLS;
}

function rowOf(shape: Shape): Uint8Array {
  const random = new RandomStream(1, 'pixels');
  return Uint8Array.from({ length: shape[0] * shape[1] * shape[2] }, (_, i) => random.uint32(i) & 255);
}

function costOf(sampleShape: Shape, augment: readonly Augmentation[]): string {
  // Colors need three channels.
  const isForColor = augment.some(({ type }) => ['saturation', 'hue', 'grayscale'].includes(type));
  if (isForColor && sampleShape[0] !== 3) return '';
  const augmenter = new Augmenter(augment, { sampleShape, element: 'uint8', seed: 1 });
  const row = rowOf(sampleShape);
  const to = new Uint8Array(row.length);
  return microseconds((sample) => augmenter.apply(row, 0, to, 0, 0, sample)).toFixed(1);
}

function costOfMix(sampleShape: Shape, mix: Augmentation): string {
  const mixer = new Mixer([mix], { sampleShape, element: 'uint8', seed: 1 });
  const row = rowOf(sampleShape);
  const partner = row.slice().reverse();
  return microseconds((batch) => {
    // One draw for each mini-batch of 64.
    if (batch % 64 === 0) mixer.enter(0, batch, 64);
    mixer.mix(row, 0, partner, 0);
  }).toFixed(1);
}

const line = (cells: readonly string[]) => process.stdout.write(`| ${cells.join(' | ')} |\n`);
line(['Augmentation', ...SHAPES.map((shape) => `µs per sample of [${shape.join(', ')}]`)]);
line(['---', ...SHAPES.map(() => '--:')]);
for (const [text, augment] of operations) line([text, ...SHAPES.map((shape) => costOf(shape, augment))]);
for (const [text, mix] of mixes) line([text, ...SHAPES.map((shape) => costOfMix(shape, mix))]);
