// The options of 2-d poolings, checked, and the problem they pose with an input. For eager ops and for layers.
import type { AvgPool2dShape, Pool2dShape } from '@convoy/kernels';
import { oneOf } from '../errors/checks.ts';
import type { Shape } from '../shape.ts';
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
  /**
   * Whether a last window that fits in part is kept, if it begins inside the input or the padding before it; the output's size is then rounded
   * up. Default false.
   */
  readonly ceilMode?: boolean;
}

export interface MaximumPoolingOptions extends PoolingOptions {
  /** Distance between the cells of the window; default 1. */
  readonly dilations?: Pair;
}

export interface AveragePoolingOptions extends PoolingOptions {
  /** Whether padded cells, which are 0, count in the divisor; what a window of `ceilMode` lacks never does. Default false. */
  readonly countPadding?: boolean;
}

export interface AveragePoolingSettings extends WindowSettings {
  readonly countPadding: boolean;
}

/** @throws ConvoyError CONVOY_INVALID_OPTION */
export const poolingSettings = ({
  size,
  strides = size,
  padding = 'valid',
  dilations = 1,
  ceilMode = false,
}: MaximumPoolingOptions): WindowSettings => ({
  kernel: positivePair('size', size),
  strides: positivePair('strides', strides),
  dilations: positivePair('dilations', dilations),
  padding: checkedPadding(padding),
  ceilMode: oneOf('ceilMode', ceilMode, [true, false]),
});

/** @throws ConvoyError CONVOY_INVALID_OPTION */
export const averagePoolingSettings = ({
  size,
  strides = size,
  padding = 'valid',
  ceilMode = false,
  countPadding = false,
}: AveragePoolingOptions): AveragePoolingSettings => ({
  ...poolingSettings({ size, strides, padding, ceilMode }),
  countPadding: oneOf('countPadding', countPadding, [true, false]),
});

/**
 * The pooling of an input [channels, height, width].
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH if the window is larger than the padded planes.
 */
export const poolingShape = (settings: WindowSettings, input: Shape): Pool2dShape => ({
  ...slidingWindow(settings, input),
  channels: planes(input)[0],
});

/** The same with what the divisor counts. */
export const averagePoolingShape = (settings: AveragePoolingSettings, input: Shape): AvgPool2dShape => ({
  ...slidingWindow(settings, input),
  channels: planes(input)[0],
  countPadding: settings.countPadding,
});
