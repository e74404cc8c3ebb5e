// The options and parameters of layers with a kernel and a bias.
import { oneOf, type Shape } from '@convoy/tensor';
import { checkedInitializer, type Initializer } from '../initializer.ts';
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

/** @throws ConvoyError CONVOY_INVALID_OPTION */
export const weightSettings = (options: WeightOptions): WeightSettings => ({
  useBias: oneOf('useBias', options.useBias ?? true, [true, false]),
  kernelInitializer: checkedInitializer('kernelInitializer', options.kernelInitializer, glorotUniform()),
  biasInitializer: checkedInitializer('biasInitializer', options.biasInitializer, zerosInitializer()),
});

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
