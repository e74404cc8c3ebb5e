// The options of 2-d convolutions, checked, and the problem they pose with an input. For eager ops and for layers.
import type { Conv2dShape } from '@convoy/kernels';
import { positiveInteger } from '../errors/checks.ts';
import { ConvoyError } from '../errors/errors.ts';
import { formatShape, type Shape } from '../shape.ts';
import {
  checkedPadding,
  type Padding,
  type Pair,
  planes,
  positivePair,
  slidingWindow,
  type WindowSettings,
} from './window.ts';

export interface ConvolutionOptions {
  /** Default 1. */
  readonly strides?: Pair;
  /** Default 'valid'. */
  readonly padding?: Padding;
  /** Distance between the cells of the kernel; default 1. */
  readonly dilations?: Pair;
  /** Runs of channels that do not see each other; must divide input channels and filters. Default 1. */
  readonly groups?: number;
}

export interface ConvolutionSettings extends WindowSettings {
  readonly groups: number;
}

/**
 * @param kernel [vertical, horizontal]
 * @throws ConvoyError CONVOY_INVALID_OPTION
 */
export const convolutionSettings = (
  kernel: readonly [number, number],
  { strides = 1, padding = 'valid', dilations = 1, groups = 1 }: ConvolutionOptions,
): ConvolutionSettings => ({
  kernel,
  strides: positivePair('strides', strides),
  dilations: positivePair('dilations', dilations),
  padding: checkedPadding(padding),
  groups: positiveInteger('groups', groups),
});

/**
 * The convolution of an input [channels, height, width] with `filters` kernels.
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH if the groups do not divide the channels, or the window is too large.
 */
export function convolutionShape(settings: ConvolutionSettings, filters: number, input: Shape): Conv2dShape {
  checkGroups(settings.groups, filters, input);
  return {
    ...slidingWindow(settings, input),
    inChannels: planes(input)[0],
    outChannels: filters,
    groups: settings.groups,
  };
}

/** @throws ConvoyError CONVOY_SHAPE_MISMATCH unless the groups divide the channels of the input and the filters. */
export function checkGroups(groups: number, filters: number, input: Shape): void {
  if (planes(input)[0] % groups === 0 && filters % groups === 0) return;
  throw new ConvoyError('CONVOY_SHAPE_MISMATCH', {
    given: `groups: ${groups} for an input of shape ${formatShape(input)} and ${filters} filters`,
    expected: 'a number of groups that divides both the input channels and the filters',
    fix: 'Change groups or filters.',
  });
}
