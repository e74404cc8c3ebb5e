// What the global pooling layers share: their options, and their output's shape.
import { oneOf, type Shape } from '@convoy/tensor';
import { planes } from '@convoy/tensor/options';
import type { LayerOptions } from '../layer.ts';

export interface GlobalPool2dOptions extends LayerOptions {
  /** Whether the output is planes of one cell, [channels, 1, 1], instead of features, [channels]; default false. */
  readonly keepDimensions?: boolean;
}

export interface GlobalPool2dSettings {
  readonly keepDimensions: boolean;
}

export const globalPoolSettings = ({ keepDimensions = false }: GlobalPool2dOptions): GlobalPool2dSettings => ({
  keepDimensions: oneOf('keepDimensions', keepDimensions, [true, false]),
});

export function globalPoolOutputShape({ keepDimensions }: GlobalPool2dSettings, [input]: readonly [Shape]): Shape {
  const [channels] = planes(input);
  return keepDimensions ? [channels, 1, 1] : [channels];
}
