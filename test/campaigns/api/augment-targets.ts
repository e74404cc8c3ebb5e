// The functions of @convoy/datasets/augment, with valid arguments.
import { createDataset } from '@convoy/datasets';
import * as augment from '@convoy/datasets/augment';
import { whole } from './mutation.ts';
import { constructorOf, exportOf, methodOf, type Target, target } from './target.ts';

const form = () => ({ sampleShape: [3, 4, 5], element: 'uint8', seed: 1 }) as const;
const augmenterOptions = () => ({ ...form(), maskShape: [4, 5], fillLabel: -1 });
const row = () => new Uint8Array(60);
const flip = () => whole(augment.horizontalFlip());

const dataset = () =>
  whole(
    createDataset({
      sampleShape: [3, 4, 5],
      inputs: new Uint8Array(180),
      targets: { kind: 'labels', labels: new Uint8Array(60), classes: 2, shape: [4, 5], ignoreLabel: 9 },
    }),
  );

/** Augments a sample. */
function apply(operation: unknown): void {
  const augmenter = new augment.Augmenter([operation as augment.Augmentation], augmenterOptions());
  augmenter.apply(row(), 0, row(), 0, 1, 2);
  augmenter.applyToMask(new Uint8Array(20), 0, new Int32Array(20), 0);
}

/** Mixes two samples. */
function mix(operation: unknown): void {
  const mixer = new augment.Mixer([operation as augment.Augmentation], form());
  mixer.enter(1, 2, 8);
  mixer.mix(row(), 0, row(), 0);
}

const resampling = () => ({ fill: [1, 2, 3], interpolation: 'bilinear' });
const factor = () => ({ factor: [0.5, 1.5] });
const axes = () => ({ x: [0, 0.1], y: 0.1 });

const described: Readonly<Record<string, () => unknown>> = {
  affine: () => ({ degrees: 10, translate: axes(), scale: [0.5, 2], shear: axes(), ...resampling() }),
  autoContrast: () => ({}),
  brightness: factor,
  contrast: factor,
  cutout: () => ({ size: [2, 3], holes: 2, fill: [1, 2, 3] }),
  equalize: () => ({}),
  gaussianNoise: () => ({ deviation: [0, 3] }),
  grayscale: () => ({ probability: 0.5 }),
  horizontalFlip: () => ({ probability: 0.5 }),
  hue: () => ({ shift: [-0.1, 0.2] }),
  oneOf: () => [flip(), flip()],
  posterize: () => ({ bits: 3 }),
  randAugment: () => ({ operations: 2, magnitude: 9, ...resampling() }),
  randomCrop: () => ({ padding: [2, 3], size: [4, 4], ...resampling() }),
  randomErasing: () => ({ probability: 1, scale: [0.1, 0.2], ratio: [0.5, 2], fill: [1, 2, 3] }),
  randomResizedCrop: () => ({ scale: [0.1, 0.2], ratio: [0.5, 2], interpolation: 'nearest' }),
  rotate: () => ({ degrees: [-5, 10], ...resampling() }),
  saturation: factor,
  scale: () => ({ factor: [0.5, 2], ...resampling() }),
  sharpness: factor,
  solarize: () => ({ threshold: 100 }),
  translate: () => ({ ...axes(), fill: [1, 2, 3] }),
  verticalFlip: () => ({ alternate: true }),
};

const previewOptions = () => ({ augment: [flip()], seed: 1, epoch: 2 });

export const augmentTargets: readonly Target[] = [
  ...Object.entries(described).map(([name, options]) =>
    target(name, exportOf(augment, name), () => [options()], apply),
  ),
  ...['mixup', 'cutmix'].map((name) =>
    target(name, exportOf(augment, name), () => [{ alpha: 0.4, probability: 0.5 }], mix),
  ),
  target('sometimes', augment.sometimes, () => [0.5, flip()], apply),
  target('isMix', augment.isMix, () => [flip()]),
  target('checkAugmentation', augment.checkAugmentation, () => ['augment', flip()]),
  target('importAugmentations', augment.importAugmentations, () => [[flip()]]),
  target('new Augmenter', constructorOf(augment.Augmenter), () => [[flip()], augmenterOptions()]),
  target('new Mixer', constructorOf(augment.Mixer), () => [[whole(augment.mixup())], form()]),
  target(
    'augmenter.apply',
    methodOf(() => new augment.Augmenter([flip()], augmenterOptions()), 'apply'),
    () => [row(), 0, row(), 0, 1, 2],
  ),
  target(
    'augmenter.applyToMask',
    methodOf(() => new augment.Augmenter([flip()], augmenterOptions()), 'applyToMask'),
    () => [new Uint8Array(20), 0, new Int32Array(20), 0],
  ),
  target(
    'mixer.enter',
    methodOf(() => new augment.Mixer([augment.mixup()], form()), 'enter'),
    () => [1, 2, 8],
  ),
  target(
    'mixer.mix',
    methodOf(() => new augment.Mixer([augment.mixup()], form()), 'mix'),
    () => [row(), 0, row(), 0],
  ),
  target(
    'mixer.mixTargets',
    methodOf(() => new augment.Mixer([augment.mixup()], form()), 'mixTargets'),
    () => [new Float32Array(5), 0, new Float32Array(5), 0, 5],
  ),
  target('preview', augment.preview, () => [dataset(), { ...previewOptions(), samples: 2 }]),
  target('contactSheet', augment.contactSheet, () => [
    dataset(),
    { ...previewOptions(), rows: 2, columns: 3, zoom: 2 },
  ]),
];
