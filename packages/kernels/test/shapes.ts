// Random shapes: odd sizes, one channel, tails in every dimension, strides beyond the kernel, padding on each side by itself.
import fc from 'fast-check';
import {
  type AvgPool2dShape,
  type Conv2dShape,
  type DenseShape,
  outputHeight,
  outputWidth,
  type PlanesShape,
  type ProductShape,
  type SlidingWindow,
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

const freePools = fc.record({ ...slidingWindow, channels: integer(1, 3), countPadding: fc.boolean() });

/** The usual pools, whose windows neither overlap nor stand over padding. */
const apartPools = freePools.map((shape) => ({
  ...shape,
  strideY: shape.kernelHeight,
  strideX: shape.kernelWidth,
  padTop: 0,
  padLeft: 0,
  padBottom: 0,
  padRight: 0,
}));

export const pool2dShapes: fc.Arbitrary<AvgPool2dShape> = fc.oneof(freePools, apartPools).filter(hasOutput);

export const denseShapes: fc.Arbitrary<DenseShape> = fc.record({
  inFeatures: integer(1, 37),
  outFeatures: integer(1, 14),
});

export const planesShapes: fc.Arbitrary<PlanesShape> = fc.record({ channels: integer(1, 11), area: integer(1, 7) });

export const productShapes: fc.Arbitrary<ProductShape> = fc
  .tuple(planesShapes, fc.array(fc.constantFrom('plane' as const, 'channel' as const), { minLength: 2, maxLength: 4 }))
  .map(([planes, factors]) => ({ ...planes, factors }));
