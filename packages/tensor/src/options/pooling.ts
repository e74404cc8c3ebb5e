// The options of 2-d pooling, their checks, and the kernel shape for an input. For ops and layers.
import type { AvgPool2dShape, Pool2dShape } from '@convoy/kernels';
import { type CheckedOptions, flag, optional } from '../checks/check-options.ts';
import type { Shape } from '../shape.ts';
import {
  checkPadding,
  NO_PADDING,
  type Padding,
  type PaddingSetting,
  type Pair,
  planes,
  positivePair,
  slidingWindow,
  type WindowSettings,
} from './window.ts';

/** Options of all 2-d pooling. */
export interface PoolingOptions {
  /** The size of the window. */
  readonly size: Pair;
  /** The distance between neighboring windows. Default: the size of the window, so that windows do not overlap. */
  readonly strides?: Pair;
  /** Default 'valid'. */
  readonly padding?: Padding;
  /**
   * Whether a last window that fits only partly is kept. It must begin inside the input or in the padding before it.
   * The size of the output is then rounded up. Default false.
   */
  readonly ceilMode?: boolean;
}

/** Options of `maxPool2d` and its gradient. */
export interface MaximumPoolingOptions extends PoolingOptions {
  /** The distance between neighboring elements of a window. Default 1. */
  readonly dilations?: Pair;
}

/** Options of `avgPool2d` and its gradient. */
export interface AveragePoolingOptions extends PoolingOptions {
  /**
   * Whether the divisor counts padding, which is 0. It never counts the part of a window that `ceilMode` adds beyond
   * the padding. Default false.
   */
  readonly countPadding?: boolean;
}

/** Checked options of average pooling. */
export interface AveragePoolingSettings extends WindowSettings {
  readonly countPadding: boolean;
}

/** The checks of `PoolingOptions`. */
export const poolingChecks = {
  size: positivePair,
  strides: optional(positivePair),
  padding: optional<PaddingSetting>(checkPadding, NO_PADDING),
  ceilMode: optional(flag, false),
};

/** The checks of `MaximumPoolingOptions`. */
export const maximumPoolingChecks = { ...poolingChecks, dilations: optional(positivePair, [1, 1]) };

/** The checks of `AveragePoolingOptions`. */
export const averagePoolingChecks = { ...poolingChecks, countPadding: optional(flag, false) };

/** The settings of maximum pooling, from checked options. */
export const maximumPoolingSettings = ({
  size,
  strides = size,
  ...settings
}: CheckedOptions<typeof maximumPoolingChecks>): WindowSettings => ({ kernel: size, strides, ...settings });

/** The settings of average pooling, from checked options. */
export const averagePoolingSettings = ({
  countPadding,
  ...options
}: CheckedOptions<typeof averagePoolingChecks>): AveragePoolingSettings => ({
  ...maximumPoolingSettings({ ...options, dilations: [1, 1] }),
  countPadding,
});

/**
 * The kernel shape of maximum pooling.
 * @param input [channels, height, width]
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH if the window is larger than the padded planes
 */
export const poolingShape = (settings: WindowSettings, input: Shape): Pool2dShape => ({
  ...slidingWindow(settings, input),
  channels: planes(input)[0],
});

/**
 * The kernel shape of average pooling.
 * @param input [channels, height, width]
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH if the window is larger than the padded planes
 */
export const averagePoolingShape = (settings: AveragePoolingSettings, input: Shape): AvgPool2dShape => ({
  ...poolingShape(settings, input),
  countPadding: settings.countPadding,
});
