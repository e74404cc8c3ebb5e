// The options of ops and layers: their checks, and the kernel shapes that they result in. This is
// `@convoy/tensor/options`, for packages that define layers.
export {
  type EluOptions,
  eluChecks,
  type GeluOptions,
  geluChecks,
  type LeakyReluOptions,
  leakyReluChecks,
  type SoftplusOptions,
  softplusChecks,
} from './activations.ts';
export {
  type ConvolutionOptions,
  type ConvolutionSettings,
  convolutionChecks,
  convolutionShape,
} from './convolution.ts';
export {
  type AveragePoolingOptions,
  type AveragePoolingSettings,
  averagePoolingChecks,
  averagePoolingSettings,
  averagePoolingShape,
  type MaximumPoolingOptions,
  maximumPoolingChecks,
  maximumPoolingSettings,
  type PoolingOptions,
  poolingChecks,
  poolingShape,
} from './pooling.ts';
export {
  checkOutputPadding,
  type TransposedConvolutionOptions,
  type TransposedConvolutionSettings,
  transposedConvolutionChecks,
  transposedConvolutionShape,
} from './transposed-convolution.ts';
export {
  checkSides,
  NO_PADDING,
  type Padding,
  type PaddingSetting,
  type Pair,
  planes,
  positivePair,
  type Sides,
  type WindowSettings,
} from './window.ts';
