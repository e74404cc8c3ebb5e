// What the pooling layers share: their options, checked, and their shape.
import { outputHeight, outputWidth, type Pool2dShape } from '@convoy/kernels';
import type { Shape } from '@convoy/tensor';
import type { LayerOptions } from '../layer.ts';
import { checkedPadding, type Padding, type Pair, planes, positivePair, slidingWindow, type WindowSettings } from './window.ts';

export interface Pool2dOptions extends LayerOptions {
  /** The window. */
  readonly size: Pair;
  /** Default: the window's size, so that windows do not overlap. */
  readonly strides?: Pair;
  /** Default 'valid'. */
  readonly padding?: Padding;
}

export const poolSettings = ({ size, strides = size, padding = 'valid' }: Pool2dOptions): WindowSettings => ({
  kernel: positivePair('size', size),
  strides: positivePair('strides', strides),
  dilation: [1, 1],
  padding: checkedPadding(padding),
});

export function poolShape(settings: WindowSettings, input: Shape): Pool2dShape {
  const [channels] = planes(input);
  return { ...slidingWindow(settings, input), channels };
}

export function poolOutputShape(settings: WindowSettings, input: Shape): Shape {
  const shape = poolShape(settings, input);
  return [shape.channels, outputHeight(shape), outputWidth(shape)];
}
