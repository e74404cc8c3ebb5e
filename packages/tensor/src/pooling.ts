// The options of 2-d poolings, checked, and the problem they pose with an input. For eager ops and for layers.
import type { Pool2dShape } from '@convoy/kernels';
import type { Shape } from './shape.ts';
import {
  checkedPadding,
  type Padding,
  type Pair,
  planes,
  positivePair,
  slidingWindow,
  type WindowSettings,
} from './window.ts';

export interface PoolingOptions {
  /** The window. */
  readonly size: Pair;
  /** Default: the window's size, so that windows do not overlap. */
  readonly strides?: Pair;
  /** Default 'valid'. */
  readonly padding?: Padding;
}

export interface AveragePoolingOptions extends PoolingOptions {
  /** Whether padded cells, which are 0, count in the divisor; default false. */
  readonly countPadding?: boolean;
}

/** @throws ConvoyError CONVOY_INVALID_OPTION */
export const poolingSettings = ({ size, strides = size, padding = 'valid' }: PoolingOptions): WindowSettings => ({
  kernel: positivePair('size', size),
  strides: positivePair('strides', strides),
  dilation: [1, 1],
  padding: checkedPadding(padding),
});

/**
 * The pooling of an input [channels, height, width].
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH if the window is larger than the padded planes.
 */
export function poolingShape(settings: WindowSettings, input: Shape): Pool2dShape {
  const [channels] = planes(input);
  return { ...slidingWindow(settings, input), channels };
}
