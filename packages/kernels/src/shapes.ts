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

/**
 * Scores of a classifier: `[N, classes, ...positions]`. What is right is told by `'labels'` `[N, ...positions]`, each 0 … classes − 1, or by
 * `'distributions'` over the classes, of the scores' shape.
 */
export interface ClassificationShape {
  readonly classes: number;
  /** Pixels of a sample, each with scores of its own; 1 by default, for one class a sample. */
  readonly positions?: number;
  /** `'labels'` by default. */
  readonly targets?: 'labels' | 'distributions';
  /** Positions with this label count nothing. It need not be that of a class. */
  readonly ignoredLabel?: number;
}

/** The same, where a label may be among the `k` highest scores; k is at most `classes`. */
export interface TopKShape extends ClassificationShape {
  readonly k: number;
}

/** A cross-entropy with `t′[k] = classWeights[k] · ((1 − labelSmoothing) · t[k] + labelSmoothing / classes)` in place of the distribution t. */
export interface CrossEntropyShape extends ClassificationShape {
  /** From 0, the default, to 1. */
  readonly labelSmoothing?: number;
  /** One for each class; all 1 by default. */
  readonly classWeights?: readonly number[];
}

/** Predictions and targets that are compared element by element: `[N, elements]`. */
export interface ElementsShape {
  readonly elements: number;
}

/** The error of one sample: `'half-sum'` is ½ Σ (t − y)², `'mean'` is the mean of (t − y)² over its elements. */
export type MeanSquaredErrorForm = 'half-sum' | 'mean';

export interface MeanSquaredErrorShape extends ElementsShape {
  readonly form: MeanSquaredErrorForm;
}

/** A Huber loss; `delta` is the difference at which the square becomes a line. */
export interface HuberShape extends ElementsShape {
  readonly delta: number;
}

/** A cross-entropy of logits of yes or no with `(1 − labelSmoothing) · t + labelSmoothing / 2` in place of the probability t. */
export interface BinaryCrossEntropyShape extends ElementsShape {
  /** From 0, the default, to 1. */
  readonly labelSmoothing?: number;
  /** What a yes weighs, where a no weighs 1; 1 by default. */
  readonly positiveWeight?: number;
}

/** Logits of which those count as a yes whose probability exceeds the threshold. */
export interface BinaryAccuracyShape extends ElementsShape {
  readonly threshold: number;
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
