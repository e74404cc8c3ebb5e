// The options of global pooling layers, and the shape of their outputs.
import type { Shape } from '@convoy/tensor';
import { flag, optional } from '@convoy/tensor/checks';
import type { LayerOptions } from '../layer.ts';

/** Options of `globalAvgPool2d` and `globalMaxPool2d`. */
export interface GlobalPool2dOptions extends LayerOptions {
  /** Whether the output has the shape [channels, 1, 1] instead of [channels]; default false. */
  readonly keepDimensions?: boolean;
}

export interface GlobalPool2dSettings {
  readonly keepDimensions: boolean;
}

export const globalPoolChecks = { keepDimensions: optional(flag, false) };

export const globalPoolOutputShape = ({ keepDimensions }: GlobalPool2dSettings, channels: number): Shape =>
  keepDimensions ? [channels, 1, 1] : [channels];
