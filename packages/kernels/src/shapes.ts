// Flat, plain descriptions of the problems that kernels solve. They do not contain the number of samples: kernels work
// on one block, and reference functions get the number when they are called. Layers validate shapes when a model is
// built; nothing is validated here.

/** A window that slides over a plane. All numbers are in cells. */
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
 * Both numbers of channels are multiples of `groups`. Group g connects the g-th part of the input channels to the g-th
 * part of the output channels.
 */
export interface Conv2dShape extends SlidingWindow {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly dilationY: number;
  readonly dilationX: number;
  readonly groups: number;
}

/**
 * A pooling of each channel: input `[N, channels, height, width]`, output `[N, channels, outputHeight, outputWidth]`.
 */
export interface Pool2dShape extends SlidingWindow {
  readonly channels: number;
  /** 1 by default. */
  readonly dilationY?: number;
  readonly dilationX?: number;
}

/**
 * An average pooling without dilation. `countPadding` tells whether cells of the padding, which are 0, count in the
 * divisor.
 */
export interface AvgPool2dShape extends Pool2dShape {
  readonly countPadding: boolean;
  /**
   * The number of last rows and columns of the padding that never count, because they only complete the last windows; 0
   * by default.
   */
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

/**
 * Upsampling by repetition: input `[N, channels, height, width]`, output `[N, channels, height · scaleY, width ·
 * scaleX]`.
 */
export interface UpsampleNearest2dShape {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly scaleY: number;
  readonly scaleX: number;
}

/**
 * Upsampling by interpolation. `alignCorners` tells whether the centers of the corner cells of input and output
 * coincide.
 */
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

/** Planes of a given area: `[N, channels, area]`. Features are channels of area 1. */
export interface PlanesShape {
  readonly channels: number;
  readonly area: number;
}

/**
 * A product of blocks `[N, channels, area]`. A factor of the kind 'channel' is `[N, channels]`: it has one number for
 * all pixels of a channel.
 */
export interface ProductShape extends PlanesShape {
  readonly factors: readonly ('plane' | 'channel')[];
}

/** A normalization of planes. `epsilon` is added to the variance. */
export interface NormShape extends PlanesShape {
  readonly epsilon: number;
}

/** A normalization of each of `groups` equal groups of channels. */
export interface GroupNormShape extends NormShape {
  readonly groups: number;
}

/** Dropout of samples of `cells` numbers. */
export interface DropoutShape {
  readonly cells: number;
  /**
   * The number of channels, equal parts of the cells, that are kept or dropped as a whole; by default each cell is a
   * channel.
   */
  readonly channels?: number;
  /** The probability that a number is dropped, at least 0 and below 1. */
  readonly rate: number;
  /** A 32-bit integer that makes the draws of this layer independent of those of other layers. */
  readonly layerKey: number;
}

/**
 * Logits of a classifier, `[N, classes, ...positions]`, and targets: `'labels'` `[N, ...positions]`, each 0 … classes −
 * 1, or `'oneHot'`, class probabilities in the shape of the logits.
 */
export interface ClassificationShape {
  readonly classes: number;
  /** The number of pixels of a sample that are classified; 1 by default, for one class per sample. */
  readonly positions?: number;
  /** `'labels'` by default. */
  readonly targets?: 'labels' | 'oneHot';
  /** Positions with this label do not count. It need not be the label of a class. */
  readonly ignoreLabel?: number;
}

/** A classification that is right if the label is among the `k` highest logits. k is at most `classes`. */
export interface TopKShape extends ClassificationShape {
  readonly k: number;
}

/**
 * A cross-entropy with `t′[k] = classWeights[k] · ((1 − labelSmoothing) · t[k] + labelSmoothing / classes)` instead of
 * the distribution t.
 */
export interface CrossEntropyShape extends ClassificationShape {
  /** From 0, the default, to 1. */
  readonly labelSmoothing?: number;
  /** One weight per class; all 1 by default. */
  readonly classWeights?: readonly number[];
}

/** Predictions and targets that are compared element by element: `[N, elements]`. */
export interface ElementsShape {
  readonly elements: number;
}

/** The error of one sample: `'halfSum'` is ½ Σ (t − y)², `'mean'` is the mean of (t − y)² over its elements. */
export type MeanSquaredErrorReduction = 'halfSum' | 'mean';

/** A mean squared error with its reduction. */
export interface MeanSquaredErrorShape extends ElementsShape {
  readonly reduction: MeanSquaredErrorReduction;
}

/** A Huber loss. `delta` is the difference at which the loss changes from quadratic to linear. */
export interface HuberShape extends ElementsShape {
  readonly delta: number;
}

/**
 * A binary cross-entropy of logits with `(1 − labelSmoothing) · t + labelSmoothing / 2` instead of the probability t.
 */
export interface BinaryCrossEntropyShape extends ElementsShape {
  /** From 0, the default, to 1. */
  readonly labelSmoothing?: number;
  /** The weight of positive targets, where negative targets have weight 1; 1 by default. */
  readonly positiveWeight?: number;
}

/** A prediction is positive if the probability of its logit exceeds the threshold. */
export interface BinaryAccuracyShape extends ElementsShape {
  readonly threshold: number;
}

/**
 * The number of rows of the output: ⌊(height + padTop + padBottom − dilationY·(kernelHeight − 1) − 1) / strideY⌋ + 1.
 */
export function outputHeight(shape: SlidingWindow & { readonly dilationY?: number }): number {
  const { dilationY = 1 } = shape;
  const span = dilationY * (shape.kernelHeight - 1) + 1;
  return Math.floor((shape.height + shape.padTop + shape.padBottom - span) / shape.strideY) + 1;
}

/**
 * The number of columns of the output: ⌊(width + padLeft + padRight − dilationX·(kernelWidth − 1) − 1) / strideX⌋ + 1.
 */
export function outputWidth(shape: SlidingWindow & { readonly dilationX?: number }): number {
  const { dilationX = 1 } = shape;
  const span = dilationX * (shape.kernelWidth - 1) + 1;
  return Math.floor((shape.width + shape.padLeft + shape.padRight - span) / shape.strideX) + 1;
}
