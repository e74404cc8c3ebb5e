// Flat, plain descriptions of the problems the kernels solve. They leave the batch out: kernels work on one block, and
// reference functions are told the number of samples when they are called. Nothing is validated here; layers do that
// when a model is built.

/** How a window slides over a plane; all numbers count cells. */
export interface SlidingWindow {
  readonly height: number;
  readonly width: number;
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  readonly strideY: number;
  readonly strideX: number;
  readonly padTop: number;
  readonly padLeft: number;
  readonly padBottom: number;
  readonly padRight: number;
}

/**
 * A 2-d convolution: input `[N, inChannels, height, width]`, bias `[outChannels]`,
 * kernel `[outChannels, inChannels / groups, kernelHeight, kernelWidth]`,
 * output `[N, outChannels, outputHeight, outputWidth]`.
 * Both channel counts are multiples of `groups`; group g maps the g-th run of input channels to the g-th run of output
 * channels.
 */
export interface Conv2dShape extends SlidingWindow {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly dilationY: number;
  readonly dilationX: number;
  readonly groups: number;
}

/**
 * A pooling, each channel alone: input `[N, channels, height, width]`,
 * output `[N, channels, outputHeight, outputWidth]`.
 */
export interface Pool2dShape extends SlidingWindow {
  readonly channels: number;
}

/** An average pooling; `countPadding` says whether padded cells, which are 0, count in the divisor. */
export interface AvgPool2dShape extends Pool2dShape {
  readonly countPadding: boolean;
}

/**
 * A fully connected layer: input `[N, inFeatures]`, weight `[outFeatures, inFeatures]`, bias `[outFeatures]`, output
 * `[N, outFeatures]`.
 */
export interface DenseShape {
  readonly inFeatures: number;
  readonly outFeatures: number;
}

/** Planes without regard to their height and width: `[N, channels, area]`. Features are channels of area 1. */
export interface PlanesShape {
  readonly channels: number;
  readonly area: number;
}

/**
 * A product of blocks `[N, channels, area]`; a factor of the kind 'channel' is `[N, channels]` and has one number for all pixels of a channel.
 */
export interface ProductShape extends PlanesShape {
  readonly factors: readonly ('plane' | 'channel')[];
}

/** Scores of a classifier: `[N, classes]`, with one label of 0 … classes − 1 a sample. */
export interface ClassificationShape {
  readonly classes: number;
}

/** The same, where a label may be among the `k` highest scores; k is at most `classes`. */
export interface TopKShape extends ClassificationShape {
  readonly k: number;
}

/** The error of one sample: `'half-sum'` is ½ Σ (t − y)², `'mean'` is the mean of (t − y)² over its elements. */
export type MeanSquaredErrorForm = 'half-sum' | 'mean';

/** A squared error: predictions and targets `[N, elements]`. */
export interface MeanSquaredErrorShape {
  readonly elements: number;
  readonly form: MeanSquaredErrorForm;
}

/** Rows of the output: ⌊(height + padTop + padBottom − dilationY·(kernelHeight − 1) − 1) / strideY⌋ + 1. */
export function outputHeight(shape: SlidingWindow & { readonly dilationY?: number }): number {
  const { dilationY = 1 } = shape;
  const span = dilationY * (shape.kernelHeight - 1) + 1;
  return Math.floor((shape.height + shape.padTop + shape.padBottom - span) / shape.strideY) + 1;
}

/** Columns of the output: ⌊(width + padLeft + padRight − dilationX·(kernelWidth − 1) − 1) / strideX⌋ + 1. */
export function outputWidth(shape: SlidingWindow & { readonly dilationX?: number }): number {
  const { dilationX = 1 } = shape;
  const span = dilationX * (shape.kernelWidth - 1) + 1;
  return Math.floor((shape.width + shape.padLeft + shape.padRight - span) / shape.strideX) + 1;
}
