// RandAugment: some of many operations, all of the same strength.
import { nonNegativeInteger, positiveInteger } from '@convoy/tensor';
import { optional } from '@convoy/tensor/checks';
import { type Augmentation, type BuiltStep, defineAugmentation, type Fill } from '../augmentation.ts';
import type { SampleForm } from '../canvas.ts';
import { drawBelow } from '../draws.ts';
import type { Interpolation } from '../geometry/resample.ts';
import { fill, interpolation } from '../option-checks.ts';
import { affine, rotate, translate } from './affine.ts';
import { autoContrast } from './auto-contrast.ts';
import { brightness } from './brightness.ts';
import { contrast } from './contrast.ts';
import { equalize } from './equalize.ts';
import { posterize } from './posterize.ts';
import { saturation } from './saturation.ts';
import { sharpness } from './sharpness.ts';
import { solarize } from './solarize.ts';

/** Options of `randAugment`. */
export interface RandAugmentOptions {
  /** How many operations are applied to each sample, from 1 to 100; default 2. */
  readonly operations?: number;
  /** Their strength, a whole number from 0 to 30; default 9. */
  readonly magnitude?: number;
  /** The numbers of pixels that come from outside of the image, default 0. */
  readonly fill?: Fill;
  /** How rotations, shearing and translations find values between pixels; default 'bilinear'. */
  readonly interpolation?: Interpolation;
}

type RandAugmentSettings = Required<RandAugmentOptions>;

const MAX_MAGNITUDE = 30;
const MAX_OPERATIONS = 100;

/** The angle whose tangent is 0.3. */
const MAX_SHEAR_DEGREES = 16.69924423399362;
const MAX_TRANSLATION = 150 / 331;

/** An operation in both directions; both are the same where there is only one. `undefined` changes nothing. */
type Choice = readonly [forward: Augmentation, backward: Augmentation] | undefined;

const describe = defineAugmentation<RandAugmentOptions, RandAugmentSettings>({
  type: 'randAugment',
  settings: (check) =>
    check({
      operations: optional((name, value) => positiveInteger(name, value, MAX_OPERATIONS), 2),
      magnitude: optional((name, value) => nonNegativeInteger(name, value, MAX_MAGNITUDE), 9),
      fill: optional(fill, 0),
      interpolation: optional(interpolation, 'bilinear'),
    }),
  build(settings, { form, build }) {
    const steps = choicesOf(settings, form).map((choice) => choice?.map(build));
    return (canvas, random, key) => {
      for (let i = 0; i < settings.operations; i++) {
        const pair = steps[drawBelow(random, 2 * i, steps.length)];
        if (pair) (pair[random.uint32(2 * i + 1) >>> 31] as BuiltStep)(canvas, key);
      }
    };
  },
});

/** The operations of RandAugment. None of them draws a number, so one of each suffices for all places. */
function choicesOf(
  { magnitude, fill, interpolation }: RandAugmentSettings,
  { channels }: SampleForm,
): readonly Choice[] {
  const strength = magnitude / MAX_MAGNITUDE;
  const both = (describe: (amount: number) => Augmentation, most: number): Choice => [
    describe(strength * most),
    describe(-strength * most),
  ];
  const once = (augmentation: Augmentation): Choice => [augmentation, augmentation];
  const sampling = { fill, interpolation };
  return [
    undefined,
    both((x) => affine({ shear: { x: [x, x] }, ...sampling }), MAX_SHEAR_DEGREES),
    both((y) => affine({ shear: { y: [y, y] }, ...sampling }), MAX_SHEAR_DEGREES),
    both((x) => translate({ x: [x, x], fill }), MAX_TRANSLATION),
    both((y) => translate({ y: [y, y], fill }), MAX_TRANSLATION),
    both((degrees) => rotate({ degrees: [degrees, degrees], ...sampling }), 30),
    both((change) => brightness({ factor: [1 + change, 1 + change] }), 0.9),
    channels === 3 ? both((change) => saturation({ factor: [1 + change, 1 + change] }), 0.9) : undefined,
    both((change) => contrast({ factor: [1 + change, 1 + change] }), 0.9),
    both((change) => sharpness({ factor: [1 + change, 1 + change] }), 0.9),
    once(posterize({ bits: 8 - Math.round(4 * strength) })),
    once(solarize({ threshold: Math.round(255 * (1 - strength)) })),
    once(autoContrast()),
    once(equalize()),
  ];
}

/**
 * Applies operations that are drawn from 14: none, shearing and translation along each axis, rotation, brightness,
 * saturation, contrast, sharpness, posterize, solarize, autoContrast, equalize. All have the same magnitude, and those
 * with a direction go either way. Samples must be bytes. The same operations and magnitudes as torchvision's
 * `RandAugment`, except that shearing is about the center: E. Cubuk and others, "RandAugment: Practical automated data
 * augmentation with a reduced search space", 2019.
 *
 * ```ts
 * randAugment({ operations: 2, magnitude: 9 });
 * ```
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION; CONVOY_INVALID_DATA from the `Augmenter`
 */
export const randAugment = (options: RandAugmentOptions = {}): Augmentation => describe(options);
