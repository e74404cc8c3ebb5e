// Random shapes: odd sizes, one channel, tails in every dimension, strides larger than the kernel, padding on each side
// independently.
import fc from 'fast-check';
import {
  type AdaptivePool2dShape,
  type AvgPool2dShape,
  type ClassificationShape,
  type Conv2dShape,
  type CrossEntropyShape,
  type DenseShape,
  type Frame2dShape,
  type GroupNormShape,
  outputHeight,
  outputWidth,
  type PlanesShape,
  type ProductShape,
  type SlidingWindow,
  type TopKShape,
  type UpsampleBilinear2dShape,
} from '../src/shapes.ts';

const integer = (min: number, max: number) => fc.integer({ min, max });

export const seeds = integer(0, 2 ** 31 - 1);

const slidingWindow = {
  height: integer(1, 9),
  width: integer(1, 9),
  kernelHeight: integer(1, 4),
  kernelWidth: integer(1, 4),
  strideY: integer(1, 5),
  strideX: integer(1, 5),
  padTop: integer(0, 3),
  padLeft: integer(0, 3),
  padBottom: integer(0, 3),
  padRight: integer(0, 3),
};

const hasOutput = (shape: SlidingWindow) => outputHeight(shape) > 0 && outputWidth(shape) > 0;

export const conv2dShapes: fc.Arbitrary<Conv2dShape> = fc
  .record({
    ...slidingWindow,
    dilationY: integer(1, 3),
    dilationX: integer(1, 3),
    groups: integer(1, 3),
    inChannels: integer(1, 5),
    outChannels: integer(1, 9),
  })
  .map((shape) => ({
    ...shape,
    inChannels: shape.groups * shape.inChannels,
    outChannels: shape.groups * shape.outChannels,
  }))
  .filter(hasOutput);

/**
 * Groups of one input channel. Some rows are so wide that they have equal tiles in the middle, and some kernels so wide
 * that their rows are divided.
 */
export const depthwiseShapes: fc.Arbitrary<Conv2dShape> = fc
  .record({
    ...slidingWindow,
    width: fc.oneof(integer(1, 9), integer(10, 30)),
    kernelWidth: fc.oneof(integer(1, 4), integer(5, 11)),
    strideX: fc.oneof(integer(1, 2), integer(3, 5)),
    dilationY: integer(1, 3),
    dilationX: integer(1, 3),
    groups: integer(1, 3),
    multiplier: integer(1, 5),
  })
  .map(({ multiplier, ...shape }) => ({ ...shape, inChannels: shape.groups, outChannels: multiplier * shape.groups }))
  .filter(hasOutput);

/**
 * Convolutions that Winograd's algorithm can compute: kernels of 2 to 5 rows and columns with less padding than the
 * kernel has.
 */
export const winogradShapes: fc.Arbitrary<Conv2dShape> = fc
  .record({ kernelHeight: integer(2, 5), kernelWidth: integer(2, 5) })
  .chain(({ kernelHeight, kernelWidth }) =>
    fc.record({
      inChannels: integer(1, 9),
      outChannels: integer(1, 9),
      groups: fc.constant(1),
      height: integer(1, 13),
      width: integer(1, 13),
      kernelHeight: fc.constant(kernelHeight),
      kernelWidth: fc.constant(kernelWidth),
      strideY: fc.constant(1),
      strideX: fc.constant(1),
      padTop: integer(0, kernelHeight - 1),
      padLeft: integer(0, kernelWidth - 1),
      padBottom: integer(0, kernelHeight - 1),
      padRight: integer(0, kernelWidth - 1),
      dilationY: fc.constant(1),
      dilationX: fc.constant(1),
    }),
  )
  .filter(hasOutput);

/** Convolutions that are matrix products over channels. */
export const pointwiseShapes: fc.Arbitrary<Conv2dShape> = fc
  .record({ inChannels: integer(1, 13), outChannels: integer(1, 13), height: integer(1, 9), width: integer(1, 9) })
  .map((shape) => ({
    ...shape,
    groups: 1,
    kernelHeight: 1,
    kernelWidth: 1,
    strideY: 1,
    strideX: 1,
    padTop: 0,
    padLeft: 0,
    padBottom: 0,
    padRight: 0,
    dilationY: 1,
    dilationX: 1,
  }));

const freePools = fc.record({ ...slidingWindow, channels: integer(1, 3), countPadding: fc.boolean() });

/** Some cells of the last window are outside the padding, but never all of them. */
const overhangingPools = freePools.map((shape) => ({
  ...shape,
  overhangBottom: Math.min(shape.padBottom, shape.kernelHeight - 1),
  overhangRight: Math.min(shape.padRight, shape.kernelWidth - 1),
}));

export const dilatedPool2dShapes = fc
  .record({ ...slidingWindow, channels: integer(1, 3), dilationY: integer(1, 3), dilationX: integer(1, 3) })
  .filter((shape) => hasOutput(shape));

/** The usual pools, whose windows do not overlap and do not cover padding. */
const apartPools = freePools.map((shape) => ({
  ...shape,
  strideY: shape.kernelHeight,
  strideX: shape.kernelWidth,
  padTop: 0,
  padLeft: 0,
  padBottom: 0,
  padRight: 0,
}));

export const pool2dShapes: fc.Arbitrary<AvgPool2dShape> = fc
  .oneof(freePools, apartPools, overhangingPools)
  .filter(hasOutput);

export const denseShapes: fc.Arbitrary<DenseShape> = fc.record({
  inFeatures: integer(1, 37),
  outFeatures: integer(1, 14),
});

/** Planes of few cells, and planes that are summed in several runs. */
export const planesShapes: fc.Arbitrary<PlanesShape> = fc.record({
  channels: integer(1, 11),
  area: fc.oneof(integer(1, 20), integer(120, 400)),
});

/** Groups of channels. Features of a sample are channels of one cell. */
export const groupNormShapes: fc.Arbitrary<GroupNormShape> = fc
  .record({
    groups: integer(1, 4),
    perGroup: fc.oneof(integer(1, 5), integer(130, 300)),
    area: fc.oneof(fc.constant(1), integer(1, 20), integer(120, 200)),
    epsilon: fc.constantFrom(0.1, 1e-3),
  })
  .map(({ groups, perGroup, area, epsilon }) => ({ groups, channels: groups * perGroup, area, epsilon }))
  .filter(({ channels, area }) => channels * area < 2000);
const planes = { channels: integer(1, 6), height: integer(1, 9), width: integer(1, 9) };

export const adaptivePool2dShapes: fc.Arbitrary<AdaptivePool2dShape> = fc.record({
  ...planes,
  rows: integer(1, 11),
  columns: integer(1, 11),
});

export const upsample2dShapes: fc.Arbitrary<UpsampleBilinear2dShape> = fc.record({
  ...planes,
  scaleY: integer(1, 5),
  scaleX: integer(1, 5),
  alignCorners: fc.boolean(),
});

export const frame2dShapes: fc.Arbitrary<Frame2dShape> = fc.record({
  ...planes,
  top: integer(0, 3),
  left: integer(0, 3),
  bottom: integer(0, 3),
  right: integer(0, 3),
});
/** Labels or distributions, for samples or for pixels. The ignored label may be the label of a class. */
export const classificationShapes: fc.Arbitrary<ClassificationShape> = fc.record(
  {
    classes: integer(1, 12),
    positions: integer(1, 5),
    targets: fc.constantFrom('labels' as const, 'oneHot' as const),
    ignoreLabel: fc.constantFrom(-1, 0, 1, 255),
  },
  { requiredKeys: ['classes'] },
);

export const topKShapes: fc.Arbitrary<TopKShape> = fc
  .tuple(classificationShapes, integer(0, 11))
  .map(([shape, k]) => ({ ...shape, k: 1 + (k % shape.classes) }));

/** Adjacent classes may have equal weights. */
export const crossEntropyShapes: fc.Arbitrary<CrossEntropyShape> = fc
  .record({
    shape: classificationShapes,
    options: fc.record(
      {
        labelSmoothing: fc.constantFrom(0, 0.1, 1),
        weights: fc.array(fc.constantFrom(0, 0.5, 1, 3), { minLength: 12, maxLength: 12 }),
      },
      { requiredKeys: [] },
    ),
  })
  .map(({ shape, options: { weights, ...options } }) => ({
    ...shape,
    ...options,
    ...(weights && { classWeights: weights.slice(0, shape.classes) }),
  }));

export const productShapes: fc.Arbitrary<ProductShape> = fc
  .tuple(
    fc.record({ channels: integer(1, 11), area: integer(1, 7) }),
    fc.array(fc.constantFrom('plane' as const, 'channel' as const), { minLength: 2, maxLength: 4 }),
  )
  .map(([planes, factors]) => ({ ...planes, factors }));
