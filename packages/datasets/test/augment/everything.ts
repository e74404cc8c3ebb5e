// All augmentations of single samples at once, so that each pixel depends on each operation.
import * as augment from '@convoy/datasets/augment';

export const everything: readonly augment.Augmentation[] = [
  augment.randomCrop({ padding: 3 }),
  augment.horizontalFlip({ alternate: true }),
  augment.randomResizedCrop({ scale: [0.5, 1] }),
  augment.brightness({ factor: [0.8, 1.2] }),
  augment.rotate({ degrees: 20, fill: 9 }),
  augment.translate({ x: 0.1, y: 0.1, fill: [1, 2, 3] }),
  augment.scale({ factor: [0.8, 1.2], interpolation: 'nearest' }),
  augment.affine({ degrees: 5, translate: 0.05, scale: [0.9, 1.1], shear: { x: 8, y: 3 } }),
  augment.contrast({ factor: [0.7, 1.5] }),
  augment.saturation({ factor: [0.5, 1.5] }),
  augment.hue({ shift: 0.1 }),
  augment.oneOf([
    augment.posterize({ bits: 5 }),
    augment.solarize({ threshold: 200 }),
    augment.sharpness({ factor: [0, 2] }),
  ]),
  augment.sometimes(0.5, augment.verticalFlip()),
  augment.autoContrast(),
  augment.sometimes(0.5, augment.equalize()),
  augment.grayscale(),
  augment.randAugment(),
  augment.gaussianNoise({ deviation: [0, 10] }),
  augment.cutout({ size: 5 }),
  augment.randomErasing({ fill: 'random' }),
];
