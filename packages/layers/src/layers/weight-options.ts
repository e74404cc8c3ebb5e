// The options and parameters of layers with a kernel and a bias.
import type { Shape } from '@convoy/tensor';
import { flag, optional } from '@convoy/tensor/checks';
import { checkInitializer, type Initializer } from '../initializer.ts';
import { zerosInitializer } from '../initializers/constant.ts';
import { glorotUniform } from '../initializers/fan-scaled.ts';
import type { LayerOptions, ParameterSpec } from '../layer.ts';

export interface WeightOptions extends LayerOptions {
  /** Whether a learned number is added to each output or output channel; default true. */
  readonly useBias?: boolean;
  /** Default Glorot uniform. */
  readonly kernelInitializer?: Initializer;
  /** Default zeros. */
  readonly biasInitializer?: Initializer;
}

export interface WeightSettings {
  readonly useBias: boolean;
  readonly kernelInitializer: Initializer;
  readonly biasInitializer: Initializer;
}

/** The checks of `WeightOptions`. */
export const weightChecks = {
  useBias: optional(flag, true),
  kernelInitializer: optional(checkInitializer, glorotUniform()),
  biasInitializer: optional(checkInitializer, zerosInitializer()),
};

/** `kernel` of this shape and, if it is used, `bias` with one number per output. */
export function weightParameters(
  { useBias, kernelInitializer, biasInitializer }: WeightSettings,
  shape: Shape,
  outputs: number,
  fans: Pick<ParameterSpec, 'fanIn' | 'fanOut'>,
): readonly ParameterSpec[] {
  return [
    { name: 'kernel', shape, initializer: kernelInitializer, ...fans },
    ...(useBias ? [{ name: 'bias', shape: [outputs], initializer: biasInitializer, ...fans }] : []),
  ];
}
