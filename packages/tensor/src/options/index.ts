// The options of ops and layers: their checks, and the kernel shapes that they result in. This is
// `@convoy/tensor/options`, for packages that define layers.
export {
  type EluOptions,
  eluSettings,
  type GeluOptions,
  geluSettings,
  type LeakyReluOptions,
  leakyReluSettings,
  type SoftplusOptions,
  softplusSettings,
} from './activations.ts';
export {
  type ConvolutionOptions,
  type ConvolutionSettings,
  convolutionSettings,
  convolutionShape,
} from './convolution.ts';
export {
  type AveragePoolingOptions,
  type AveragePoolingSettings,
  assertFewElements,
  averagePoolingSettings,
  averagePoolingShape,
  type MaximumPoolingOptions,
  type PoolingOptions,
  poolingSettings,
  poolingShape,
} from './pooling.ts';
export {
  type TransposedConvolutionOptions,
  type TransposedConvolutionSettings,
  transposedConvolutionSettings,
  transposedConvolutionShape,
} from './transposed-convolution.ts';
export {
  checkedSides,
  type Padding,
  type Pair,
  planes,
  positivePair,
  type Sides,
  type WindowSettings,
} from './window.ts';
