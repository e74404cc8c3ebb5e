// The options and parameters of normalization layers.
import { type Shape, sizeOf } from '@convoy/tensor';
import { flag, float32In, optional } from '@convoy/tensor/checks';
import { constantInitializer, zerosInitializer } from '../initializers/constant.ts';
import type { LayerOptions, ParameterSpec } from '../layer.ts';

/** Options of all normalization layers. */
export interface NormalizationOptions extends LayerOptions {
  /** Added to the variance: a float32 number above 0; default 1e-5. */
  readonly epsilon?: number;
  /** Whether the result is multiplied by a parameter; default true. */
  readonly scale?: boolean;
  /** Whether a parameter is added to the result; default true. */
  readonly offset?: boolean;
}

export interface NormalizationSettings {
  readonly epsilon: number;
  readonly scale: boolean;
  readonly offset: boolean;
}

/** The checks of `NormalizationOptions`. */
export const normalizationChecks = {
  epsilon: optional(float32In({ above: 0 }), 1e-5),
  scale: optional(flag, true),
  offset: optional(flag, true),
};

/** `scale`, initially ones, and `offset`, initially zeros, as far as the settings ask for them. */
export function normalizationParameters(settings: NormalizationSettings, shape: Shape): readonly ParameterSpec[] {
  const fans = { fanIn: 1, fanOut: 1 };
  return [
    ...(settings.scale ? [{ name: 'scale', shape, initializer: constantInitializer(1), ...fans }] : []),
    ...(settings.offset ? [{ name: 'offset', shape, initializer: zerosInitializer(), ...fans }] : []),
  ];
}

/** The first dimension of a sample is its channels; the others make up the area of a channel. */
export function planesOf(input: Shape): { readonly channels: number; readonly area: number } {
  const [channels = 1, ...area] = input;
  return { channels, area: sizeOf(area) };
}
