// Rotations, translations, scaling and shearing about the center of the image: one family, with one map.
import { isObject } from '@convoy/tensor/builtins';
import { checkOptions, type OptionCheck, optional } from '@convoy/tensor/checks';
import { cosineOfDegrees, sineOfDegrees } from '@convoy/tensor/portable-math';
import { type Augmentation, type BuildContext, defineAugmentation, type Fill, type Step } from '../augmentation.ts';
import { drawBetween } from '../draws.ts';
import { identityMap } from '../geometry/affine-map.ts';
import { noMotion, setCenteredMap } from '../geometry/centered-map.ts';
import type { Interpolation } from '../geometry/resample.ts';
import { type Bounds, boundsIn, fill, interpolation, symmetricBounds } from '../option-checks.ts';

/** What all operations of this family can be told. */
interface ResamplingOptions {
  /** The numbers of pixels that come from outside of the image, default 0. */
  readonly fill?: Fill;
  /** Default 'bilinear'. */
  readonly interpolation?: Interpolation;
}

/** Options of `rotate`. */
export interface RotateOptions extends ResamplingOptions {
  /** Counterclockwise angles: a number d for all from −d to d, or [least, greatest]. */
  readonly degrees: number | Bounds;
}

/** Options of `translate`. Amounts are fractions of the size of the image, from −1 to 1. */
export interface TranslateOptions {
  /** To the right, as a fraction of the width: a number s for [−s, s], or [least, greatest]; default 0. */
  readonly x?: number | Bounds;
  /** Down, as a fraction of the height; default 0. */
  readonly y?: number | Bounds;
  /** The numbers of pixels that come from outside of the image, default 0. */
  readonly fill?: Fill;
}

/** Options of `scale`. */
export interface ScaleOptions extends ResamplingOptions {
  /** How many times larger the picture becomes, [least, greatest], above 0. */
  readonly factor: Bounds;
}

/** Angles of shearing along each axis. */
export interface AxisAngles {
  /** Rows move to the side: a number d for all degrees from −d to d, or [least, greatest]; default 0. */
  readonly x?: number | Bounds;
  /** Columns move up and down; default 0. */
  readonly y?: number | Bounds;
}

/** Fractions of the width and of the height. */
type Shift = Pick<TranslateOptions, 'x' | 'y'>;

/** Options of `affine`. */
export interface AffineOptions extends ResamplingOptions {
  /** As for `rotate`; default 0. */
  readonly degrees?: number | Bounds;
  /** One fraction for both axes, or those of `translate`; default 0. */
  readonly translate?: number | Bounds | Shift;
  /** As the factor of `scale`; default [1, 1]. */
  readonly scale?: Bounds;
  /** Degrees of shearing along the x axis, or for each axis, between −89 and 89; default 0. */
  readonly shear?: number | Bounds | AxisAngles;
}

interface AffineSettings {
  readonly degrees: Bounds;
  /** Fractions of width and height. */
  readonly translate: readonly [x: Bounds, y: Bounds];
  readonly scale: Bounds;
  readonly shear: readonly [x: Bounds, y: Bounds];
  readonly fill: Fill;
  readonly interpolation: Interpolation;
}

const NONE: Bounds = [0, 0];
const STILL = { degrees: NONE, translate: [NONE, NONE], scale: [1, 1], shear: [NONE, NONE] } as const;

const MAX_DEGREES = 360;
// The tangent of 90 degrees is infinite.
const MAX_SHEAR = 89;

const resampling = { fill: optional(fill, 0), interpolation: optional(interpolation, 'bilinear') };
const degrees = symmetricBounds(MAX_DEGREES);
const shearing = symmetricBounds(MAX_SHEAR);
const shearingOfAxis = optional(shearing, NONE);
const factor = boundsIn({ atLeast: 1e-3, atMost: 1e3 });
const fraction = symmetricBounds(1);
const fractionOfAxis = optional(fraction, NONE);

const fractions: OptionCheck<readonly [x: Bounds, y: Bounds]> = (name, value) => {
  if (!isObject(value) || Array.isArray(value)) return [fraction(name, value), fraction(name, value)];
  const { x, y } = checkOptions(name, value as Shift, { x: fractionOfAxis, y: fractionOfAxis });
  return [x, y];
};

const shears: OptionCheck<readonly [x: Bounds, y: Bounds]> = (name, value) => {
  if (!isObject(value) || Array.isArray(value)) return [shearing(name, value), NONE];
  const { x, y } = checkOptions(name, value as AxisAngles, { x: shearingOfAxis, y: shearingOfAxis });
  return [x, y];
};

function build(settings: AffineSettings, { form, outside }: BuildContext): Step {
  const { degrees, scale, shear, translate } = settings;
  const [shearX, shearY] = shear;
  const [shiftX, shiftY] = translate;
  // Translations are by whole pixels, so they need no interpolation.
  const isShift = [...degrees, ...shearX, ...shearY, scale[0] - 1, scale[1] - 1].every((number) => number === 0);
  const sampling = {
    fill: outside(settings.fill),
    ...(!isShift && { interpolation: settings.interpolation }),
  };
  const motion = noMotion();
  const map = identityMap();
  return (canvas, random) => {
    const angle = drawBetween(random, 0, degrees);
    motion.cosine = cosineOfDegrees(angle);
    motion.sine = sineOfDegrees(angle);
    motion.right = Math.round(form.width * drawBetween(random, 1, shiftX));
    motion.down = Math.round(form.height * drawBetween(random, 2, shiftY));
    motion.factor = drawBetween(random, 3, scale);
    motion.shearX = tangent(drawBetween(random, 4, shearX));
    motion.shearY = tangent(drawBetween(random, 5, shearY));
    setCenteredMap(map, form, motion);
    canvas.transform(map, sampling);
  };
}

const tangent = (angle: number): number => sineOfDegrees(angle) / cosineOfDegrees(angle);

const describeRotate = defineAugmentation<RotateOptions, AffineSettings>({
  type: 'rotate',
  settings: (check) => ({ ...STILL, ...check({ degrees, ...resampling }) }),
  build,
});

const describeTranslate = defineAugmentation<TranslateOptions, AffineSettings>({
  type: 'translate',
  settings(check) {
    const { x, y, fill } = check({ x: fractionOfAxis, y: fractionOfAxis, fill: resampling.fill });
    return { ...STILL, translate: [x, y], fill, interpolation: 'nearest' };
  },
  build,
});

const describeScale = defineAugmentation<ScaleOptions, AffineSettings>({
  type: 'scale',
  settings(check) {
    const { factor: scale, ...settings } = check({ factor, ...resampling });
    return { ...STILL, scale, ...settings };
  },
  build,
});

const describeAffine = defineAugmentation<AffineOptions, AffineSettings>({
  type: 'affine',
  settings: (check) =>
    check({
      degrees: optional(degrees, STILL.degrees),
      translate: optional(fractions, STILL.translate),
      scale: optional(factor, STILL.scale),
      shear: optional(shears, STILL.shear),
      ...resampling,
    }),
  build,
});

/**
 * Rotates samples counterclockwise about their center, by an angle that is drawn. The same as torchvision's
 * `RandomRotation`, whose default interpolation is nearest.
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION
 */
export const rotate = (options: RotateOptions): Augmentation => describeRotate(options);

/**
 * Shifts samples by a number of whole pixels that is drawn for each axis. The same as torchvision's
 * `RandomAffine(0, translate=(x, y))`.
 *
 * ```ts
 * translate({ x: 0.1, y: 0.1 }); // by up to a tenth of the width and of the height
 * ```
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION
 */
export const translate = (options: TranslateOptions): Augmentation => describeTranslate(options);

/**
 * Makes the picture larger or smaller, about its center, by a factor that is drawn. Samples keep their size. The same
 * as torchvision's `RandomAffine(0, scale=factor)`.
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION
 */
export const scale = (options: ScaleOptions): Augmentation => describeScale(options);

/**
 * Scales, shears, rotates and shifts samples at once, each by an amount that is drawn. The same as torchvision's
 * `RandomAffine`, except that positive angles are counterclockwise, as in `rotate`.
 *
 * ```ts
 * affine({ degrees: 10, translate: 0.1, scale: [0.9, 1.1], shear: 5 });
 * ```
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION
 */
export const affine = (options: AffineOptions): Augmentation => describeAffine(options);
