// Augmentation: random changes of samples during training. This is `@convoy/datasets/augment`.
export {
  type Augmentation,
  type AugmentationDefinition,
  type BuildContext,
  type BuiltStep,
  defineAugmentation,
  type Fill,
  type Step,
} from './augmentation.ts';
export { Augmenter, type AugmenterOptions } from './augmenter.ts';
export type { Canvas, Row, SampleForm, Sampling } from './canvas.ts';
export { type ContactSheet, type ContactSheetOptions, contactSheet } from './contact-sheet.ts';
export type { FactorOptions } from './factor-options.ts';
export type { Interpolation } from './geometry/resample.ts';
export type { BatchMix } from './mixing/batch-mix.ts';
export { cutmix } from './mixing/cutmix.ts';
export type { MixOptions } from './mixing/mix-options.ts';
export { isMix, Mixer, type MixerOptions } from './mixing/mixer.ts';
export { mixup } from './mixing/mixup.ts';
export { importAugmentations } from './modules.ts';
export {
  type AffineOptions,
  type AxisAngles,
  affine,
  type RotateOptions,
  rotate,
  type ScaleOptions,
  scale,
  type TranslateOptions,
  translate,
} from './operations/affine.ts';
export { autoContrast } from './operations/auto-contrast.ts';
export { brightness } from './operations/brightness.ts';
export { oneOf, sometimes } from './operations/choices.ts';
export { contrast } from './operations/contrast.ts';
export { type CutoutOptions, cutout } from './operations/cutout.ts';
export { equalize } from './operations/equalize.ts';
export { type FlipOptions, horizontalFlip, verticalFlip } from './operations/flip.ts';
export { type GaussianNoiseOptions, gaussianNoise } from './operations/gaussian-noise.ts';
export { type GrayscaleOptions, grayscale } from './operations/grayscale.ts';
export { type HueOptions, hue } from './operations/hue.ts';
export { type PosterizeOptions, posterize } from './operations/posterize.ts';
export { type RandAugmentOptions, randAugment } from './operations/rand-augment.ts';
export { type RandomCropOptions, randomCrop } from './operations/random-crop.ts';
export { type RandomErasingOptions, randomErasing } from './operations/random-erasing.ts';
export { type RandomResizedCropOptions, randomResizedCrop } from './operations/random-resized-crop.ts';
export { saturation } from './operations/saturation.ts';
export { sharpness } from './operations/sharpness.ts';
export { type SolarizeOptions, solarize } from './operations/solarize.ts';
export { type Bounds, checkAugmentation, type PerAxis } from './option-checks.ts';
export { type Preview, type PreviewOptions, preview } from './preview.ts';
export type { SampleKey } from './sample-key.ts';
