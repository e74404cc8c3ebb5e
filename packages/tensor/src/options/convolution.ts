// The options of 2-d convolutions, their checks, and the kernel shape for an input. For ops and layers.
import type { Conv2dShape } from '@convoy/kernels';
import { optional } from '../checks/check-options.ts';
import { positiveInteger } from '../checks/checks.ts';
import { ConvoyError } from '../errors/errors.ts';
import { formatShape, type Shape } from '../shape.ts';
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

/** Options of `conv2d` and its gradients. */
export interface ConvolutionOptions {
  /** The distance between neighboring windows. Default 1. */
  readonly strides?: Pair;
  /** Default 'valid'. */
  readonly padding?: Padding;
  /** The distance between neighboring weights of the kernel. Default 1. */
  readonly dilations?: Pair;
  /**
   * The number of groups. Each group of filters sees only its group of input channels. Must divide the numbers of input
   * channels and of filters. Default 1.
   */
  readonly groups?: number;
}

/** Checked options of a convolution. */
export interface ConvolutionSettings extends WindowSettings {
  readonly groups: number;
}

/** The checks of `ConvolutionOptions`. */
export const convolutionChecks = {
  strides: optional(positivePair, [1, 1]),
  dilations: optional(positivePair, [1, 1]),
  padding: optional<PaddingSetting>(checkPadding, NO_PADDING),
  groups: optional(positiveInteger, 1),
};

/**
 * The kernel shape of a convolution.
 * @param input [channels, height, width]
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH if the groups do not divide the channels, or the window is too large
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

/** @throws ConvoyError CONVOY_SHAPE_MISMATCH unless the groups divide the numbers of input channels and of filters */
export function checkGroups(groups: number, filters: number, input: Shape): void {
  if (planes(input)[0] % groups === 0 && filters % groups === 0) return;
  throw new ConvoyError('CONVOY_SHAPE_MISMATCH', {
    given: `groups: ${groups} for an input of shape ${formatShape(input)} and ${filters} filters`,
    expected: 'a number of groups that divides both the input channels and the filters',
    fix: 'Change groups or filters.',
  });
}
