// The options of all readers of images.
import { ConvoyError, positiveInteger } from '@convoy/tensor';
import { choiceOf, type OptionCheck, optional } from '@convoy/tensor/checks';
import { describeValue } from '@convoy/tensor/errors';

/** How an image gets another size, as in CSS and in sharp. */
export type Fit = 'cover' | 'contain' | 'fill';

/** Options of all readers of images. */
export interface ImageOptions {
  /**
   * The height and width of samples, or one number for both, up to 16384. Default: the size of the first image, and all images must have it.
   */
  readonly size?: number | readonly [height: number, width: number];
  /**
   * 'cover', the default, keeps the proportions and cuts off what is outside; 'contain' keeps them and fills the rest with black; 'fill' stretches
   * the image.
   */
  readonly fit?: Fit;
  /** 3 for red, green and blue, the default, or 1 for gray. Transparent pixels are shown on black. */
  readonly channels?: 1 | 3;
}

/** The samples that images become. */
export interface ImageForm {
  readonly channels: 1 | 3;
  readonly height: number;
  readonly width: number;
  /** Undefined if images must have this size. */
  readonly fit: Fit | undefined;
}

/** The greatest height and width. */
const MAX_SIDE = 16_384;

const side: OptionCheck<number> = (name, value) => positiveInteger(name, value, MAX_SIDE);

const sizeCheck: OptionCheck<readonly [height: number, width: number]> = (name, value) => {
  if (!Array.isArray(value)) return [side(name, value), side(name, value)];
  if (value.length === 2) return [side(`${name}[0]`, value[0]), side(`${name}[1]`, value[1])];
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `${name}: ${describeValue(value)}`,
    expected: 'one number, or [height, width]',
    fix: `Pass for example ${name}: 64.`,
  });
};

export const imageChecks = {
  size: optional(sizeCheck),
  fit: optional(choiceOf('cover', 'contain', 'fill'), 'cover'),
  channels: optional(choiceOf(1, 3), 3),
};
