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
  /** 1 unless told. */
  readonly dilationY?: number;
  readonly dilationX?: number;
}

/** An average pooling, without dilation; `countPadding` says whether padded cells, which are 0, count in the divisor. */
export interface AvgPool2dShape extends Pool2dShape {
  readonly countPadding: boolean;
  /** So many of the last rows and columns of the padding never count: they only make room for the last windows. 0 unless told. */
  readonly overhangBottom?: number;
  readonly overhangRight?: number;
}

/**
 * A pooling into `rows` × `columns` bins: input `[N, channels, height, width]`, output `[N, channels, rows, columns]`.
 * Bin i of an axis covers the cells from ⌊i · input / output⌋ to ⌈(i + 1) · input / output⌉ − 1.
 */
export interface AdaptivePool2dShape {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly rows: number;
  readonly columns: number;
}

/** A plane made larger: input `[N, channels, height, width]`, output `[N, channels, height · scaleY, width · scaleX]`. */
export interface UpsampleNearest2dShape {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly scaleY: number;
  readonly scaleX: number;
}

/** The same by interpolation; `alignCorners` says whether the centres of the corner cells stay the corners. */
export interface UpsampleBilinear2dShape extends UpsampleNearest2dShape {
  readonly alignCorners: boolean;
}

/**
 * Planes with a frame around them: inside `[N, channels, height, width]`, with the frame
 * `[N, channels, top + height + bottom, left + width + right]`.
 */
export interface Frame2dShape {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
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

/** A normalization of planes; `epsilon` is added to the variance. */
export interface NormShape extends PlanesShape {
  readonly epsilon: number;
}

/** The same, each sample's channels in `groups` equal runs; each run by itself. */
export interface GroupNormShape extends NormShape {
  readonly groups: number;
}

/** A dropout of samples of `cells` numbers. */
export interface DropoutShape {
  readonly cells: number;
  /** Channels that stay or are dropped as a whole, equal runs of cells; by default each cell by itself. */
  readonly channels?: number;
  /** The probability that a number is dropped, at least 0 and below 1. */
  readonly rate: number;
  /** An integer of 32 bits that tells the draws of this layer from those of others. */
  readonly layerKey: number;
}

/**
 * Scores of a classifier: `[N, classes, ...positions]`. What is right is told by `'labels'` `[N, ...positions]`, each 0 … classes − 1, or by
 * `'oneHot'` over the classes, of the scores' shape.
 */
export interface ClassificationShape {
  readonly classes: number;
  /** Pixels of a sample, each with scores of its own; 1 by default, for one class a sample. */
  readonly positions?: number;
  /** `'labels'` by default. */
  readonly targets?: 'labels' | 'oneHot';
  /** Positions with this label count nothing. It need not be that of a class. */
  readonly ignoreLabel?: number;
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

/** The error of one sample: `'halfSum'` is ½ Σ (t − y)², `'mean'` is the mean of (t − y)² over its elements. */
export type MeanSquaredErrorReduction = 'halfSum' | 'mean';

export interface MeanSquaredErrorShape extends ElementsShape {
  readonly reduction: MeanSquaredErrorReduction;
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
