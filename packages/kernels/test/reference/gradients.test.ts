// Every gradient of the float64 references against central differences, over random shapes. Their values are in
// values.test.ts.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { firstMismatch } from '../../src/reference/finite-differences.ts';
import * as reference from '../../src/reference/index.ts';
import { type AvgPool2dShape, type Conv2dShape, outputHeight, outputWidth } from '../../src/shapes.ts';
import { type ElementwiseLoss, elementwiseLosses, targetsFor, weightsFor } from '../cases/losses.ts';
import { SAMPLES } from '../harness.ts';
import { crossEntropyShapes } from '../shapes.ts';

const { alongDirection } = reference;

const elementwise = Object.entries(elementwiseLosses).flatMap(([family, variants]) =>
  Object.entries<ElementwiseLoss>(variants).map(([title, loss]) => [`${family} ${title}`, loss] as const),
);

const small = fc.integer({ min: 1, max: 3 });
const two = fc.integer({ min: 1, max: 2 });
const seed = fc.integer({ min: 0, max: 2 ** 31 - 1 });

/** `length` values in (−1, 1), the same for the same seed and purpose. */
function values(length: number, seed: number, purpose = 0): Float64Array {
  return Float64Array.from({ length }, (_, i) => Math.sin(seed + 7919 * purpose + 12.9898 * i * i));
}

/**
 * `length` values in random order, at distances of 1 / length, and half of this from 0, so that there are no ties or
 * kinks nearby.
 */
function distinctValues(length: number, seed: number): Float64Array {
  const keys = values(length, seed);
  const order = Array.from(keys.keys()).sort((a, b) => keys[a]! - keys[b]!);
  return Float64Array.from(order, (rank) => (rank - Math.floor(length / 2) + 0.5) / length);
}

/**
 * An axis on which the window fits at least once: odd sizes, strides larger than the kernel, padding on each side
 * independently.
 */
const axis = fc
  .record({
    kernel: small,
    dilation: two,
    stride: fc.integer({ min: 1, max: 4 }),
    padBefore: fc.integer({ min: 0, max: 2 }),
    padAfter: fc.integer({ min: 0, max: 2 }),
    slack: fc.integer({ min: 0, max: 3 }),
  })
  .map(({ slack, ...axis }) => {
    const size = (span: number) => Math.max(1, span - axis.padBefore - axis.padAfter) + slack;
    return { ...axis, convolved: size(axis.dilation * (axis.kernel - 1) + 1), pooled: size(axis.kernel) };
  });

const slidingWindow = fc.tuple(axis, axis).map(([y, x]) => ({
  kernelHeight: y.kernel,
  kernelWidth: x.kernel,
  strideY: y.stride,
  strideX: x.stride,
  padTop: y.padBefore,
  padLeft: x.padBefore,
  padBottom: y.padAfter,
  padRight: x.padAfter,
  axes: { y, x },
}));

const convolutions = fc
  .record({ window: slidingWindow, groups: small, ins: two, outs: two, batch: two, seed })
  .map(({ window: { axes, ...window }, groups, ins, outs, batch, seed }) => {
    const shape: Conv2dShape = {
      ...window,
      height: axes.y.convolved,
      width: axes.x.convolved,
      dilationY: axes.y.dilation,
      dilationX: axes.x.dilation,
      groups,
      inChannels: groups * ins,
      outChannels: groups * outs,
    };
    const outputs = batch * shape.outChannels * outputHeight(shape) * outputWidth(shape);
    return {
      shape,
      batch,
      input: values(batch * shape.inChannels * shape.height * shape.width, seed, 1),
      kernel: values(shape.outChannels * ins * shape.kernelHeight * shape.kernelWidth, seed, 2),
      bias: values(shape.outChannels, seed, 3),
      direction: values(outputs, seed, 4),
    };
  });

const poolings = fc
  .record({ window: slidingWindow, channels: two, countPadding: fc.boolean(), batch: two, seed })
  .map(({ window: { axes, ...window }, channels, countPadding, batch, seed }) => {
    const shape: AvgPool2dShape = { ...window, channels, height: axes.y.pooled, width: axes.x.pooled, countPadding };
    return {
      shape,
      batch,
      input: distinctValues(batch * channels * shape.height * shape.width, seed),
      direction: values(batch * channels * outputHeight(shape) * outputWidth(shape), seed, 1),
    };
  });

const denses = fc
  .record({ inFeatures: small, outFeatures: small, batch: small, seed })
  .map(({ batch, seed, ...shape }) => ({
    shape,
    batch,
    input: values(batch * shape.inFeatures, seed, 1),
    weight: values(shape.outFeatures * shape.inFeatures, seed, 2),
    bias: values(shape.outFeatures, seed, 3),
    direction: values(batch * shape.outFeatures, seed, 4),
  }));

/**
 * The weight of a sample may be 0, as at the end of a batch. No error is near 0, 0.3 or 1, where some losses have a
 * kink.
 */
const losses = fc.record({ size: small, batch: small, seed }).map(({ size, batch, seed }) => {
  const output = values(batch * size, seed, 1);
  const errors = [-1.5, -0.6, -0.1, 0.15, 0.7, 2];
  return {
    size,
    batch,
    output,
    target: output.map((y, i) => y - errors[(seed + 5 * i) % errors.length]!),
    weights: Float64Array.from({ length: batch }, (_, n) => ((seed + n) % 3) / 2),
  };
});

const elements = fc.record({ length: fc.integer({ min: 1, max: 9 }), seed }).map(({ length, seed }) => ({
  input: distinctValues(length, seed),
  direction: values(length, seed, 1),
}));

type Elementwise = (x: Float64Array) => Float64Array;

/** The gradients as functions of the input. */
const activations: readonly (readonly [string, Elementwise, (x: Float64Array, dy: Float64Array) => Float64Array])[] = [
  ['relu6', reference.relu6, (x, dy) => reference.relu6Gradient(reference.relu6(x), dy)],
  ['leakyRelu', (x) => reference.leakyRelu(x, 0.2), (x, dy) => reference.leakyReluGradient(x, dy, 0.2)],
  [
    'leakyRelu of a negative slope',
    (x) => reference.leakyRelu(x, -2),
    (x, dy) => reference.leakyReluGradient(x, dy, -2),
  ],
  ['elu', (x) => reference.elu(x, 0.5), (x, dy) => reference.eluGradient(x, dy, 0.5)],
  ['selu', reference.selu, reference.seluGradient],
  ['gelu', reference.gelu, reference.geluGradient],
  ['geluTanh', reference.geluTanh, reference.geluTanhGradient],
  ['silu', reference.silu, reference.siluGradient],
  ['hardSwish', reference.hardSwish, reference.hardSwishGradient],
  ['hardSigmoid', reference.hardSigmoid, (x, dy) => reference.hardSigmoidGradient(reference.hardSigmoid(x), dy)],
  ['softplus', (x) => reference.softplus(x, 2), (x, dy) => reference.softplusGradient(reference.softplus(x, 2), dy, 2)],
];

const parametric = fc
  .record({ channels: small, area: small, batch: two, seed })
  .map(({ channels, area, batch, seed }) => ({
    shape: { channels, area },
    batch,
    input: distinctValues(batch * channels * area, seed),
    slope: values(channels, seed, 1),
    direction: values(batch * channels * area, seed, 2),
  }));

/** A function, a point, and the gradient of the reference at this point. */
interface Gradient {
  readonly f: (x: Float64Array) => number;
  readonly x: Float64Array;
  readonly gradient: Float64Array;
}

const gradients: Record<string, fc.Arbitrary<Gradient>> = {
  'conv2d input': convolutions.map(({ shape, batch, input, kernel, bias, direction }) => ({
    f: alongDirection((x) => reference.conv2d(shape, batch, x, kernel, bias), direction),
    x: input,
    gradient: reference.conv2dInputGradient(shape, batch, kernel, direction),
  })),
  'conv2d kernel': convolutions.map(({ shape, batch, input, kernel, bias, direction }) => ({
    f: alongDirection((w) => reference.conv2d(shape, batch, input, w, bias), direction),
    x: kernel,
    gradient: reference.conv2dWeightGradient(shape, batch, input, direction),
  })),
  'conv2d bias': convolutions.map(({ shape, batch, input, kernel, bias, direction }) => ({
    f: alongDirection((b) => reference.conv2d(shape, batch, input, kernel, b), direction),
    x: bias,
    gradient: reference.conv2dBiasGradient(shape, direction),
  })),
  'maxPool2d input': poolings.map(({ shape, batch, input, direction }) => {
    const winners = reference.maxPool2dIndices(shape, batch, input);
    // A window that covers only padding is −∞ and has no gradient.
    const finite = (y: Float64Array) => y.map((value) => (value === -Infinity ? 0 : value));
    return {
      f: alongDirection((x) => finite(reference.maxPool2d(shape, batch, x)), direction),
      x: input,
      gradient: reference.maxPool2dInputGradient(shape, batch, winners, direction),
    };
  }),
  'avgPool2d input': poolings.map(({ shape, batch, input, direction }) => ({
    f: alongDirection((x) => reference.avgPool2d(shape, batch, x), direction),
    x: input,
    gradient: reference.avgPool2dInputGradient(shape, batch, direction),
  })),
  'dense input': denses.map(({ shape, batch, input, weight, bias, direction }) => ({
    f: alongDirection((x) => reference.dense(shape, batch, x, weight, bias), direction),
    x: input,
    gradient: reference.denseInputGradient(shape, batch, weight, direction),
  })),
  'dense weight': denses.map(({ shape, batch, input, weight, bias, direction }) => ({
    f: alongDirection((w) => reference.dense(shape, batch, input, w, bias), direction),
    x: weight,
    gradient: reference.denseWeightGradient(shape, batch, input, direction),
  })),
  'dense bias': denses.map(({ shape, batch, input, weight, bias, direction }) => ({
    f: alongDirection((b) => reference.dense(shape, batch, input, weight, b), direction),
    x: bias,
    gradient: reference.denseBiasGradient(shape, direction),
  })),
  relu: elements.map(({ input, direction }) => ({
    f: alongDirection(reference.relu, direction),
    x: input,
    gradient: reference.reluGradient(reference.relu(input), direction),
  })),
  sigmoid: elements.map(({ input, direction }) => ({
    f: alongDirection(reference.sigmoid, direction),
    x: input,
    gradient: reference.sigmoidGradient(reference.sigmoid(input), direction),
  })),
  tanh: elements.map(({ input, direction }) => ({
    f: alongDirection(reference.tanh, direction),
    x: input,
    gradient: reference.tanhGradient(reference.tanh(input), direction),
  })),
  ...Object.fromEntries(
    activations.map(([name, forward, gradient]) => [
      name,
      // 0.05 away from the kinks at 0, ±3 and 6.
      elements.map(({ input, direction }) => {
        const x = input.map((v) => Math.round(80 * v) / 10 + 0.05);
        return { f: alongDirection(forward, direction), x, gradient: gradient(x, direction) };
      }),
    ]),
  ),
  'prelu input': parametric.map(({ shape, input, slope, direction }) => ({
    f: alongDirection((x) => reference.prelu(shape, x, slope), direction),
    x: input,
    gradient: reference.preluInputGradient(shape, input, slope, direction),
  })),
  'prelu slope': parametric.map(({ shape, input, slope, direction }) => ({
    f: alongDirection((at) => reference.prelu(shape, input, at), direction),
    x: slope,
    gradient: reference.preluSlopeGradient(shape, input, direction),
  })),
  softmax: parametric.map(({ shape, batch, input, direction }) => ({
    f: alongDirection((x) => reference.softmax(shape, batch, x), direction),
    x: input,
    gradient: reference.softmaxInputGradient(shape, batch, reference.softmax(shape, batch, input), direction),
  })),
  softmaxCrossEntropy: fc.tuple(crossEntropyShapes, seed).map(([shape, seed]) => {
    const batch = 2;
    const x = values(batch * shape.classes * (shape.positions ?? 1), seed, 1);
    const all = targetsFor(shape, seed);
    const targets = all.subarray(0, (batch * all.length) / SAMPLES);
    const weights = weightsFor(seed).subarray(0, batch);
    return {
      f: (at) => reference.softmaxCrossEntropy(shape, batch, at, targets, weights),
      x,
      gradient: reference.softmaxCrossEntropyGradient(shape, batch, x, targets, weights),
    };
  }),
  ...Object.fromEntries(
    elementwise.map(([name, { loss, gradient }]): [string, fc.Arbitrary<Gradient>] => [
      name,
      losses.map(({ size, batch, output, target, weights }) => ({
        f: (y) => loss(size, batch, y, target, weights),
        x: output,
        gradient: gradient(size, batch, output, target, weights),
      })),
    ]),
  ),
};

test.each(Object.entries(gradients))(
  'the gradient of %s agrees with central differences, and not if one element is off',
  (_, cases) => {
    fc.assert(
      fc.property(cases, fc.nat(), fc.constantFrom(1e-4, -1e-4, Number.NaN), ({ f, x, gradient }, n, error) => {
        const expected = reference.numericalGradient(f, x);
        expect(firstMismatch(expected, gradient)).toBeUndefined();
        const index = n % gradient.length;
        const wrong = gradient.with(index, gradient[index]! + error * Math.max(1, Math.abs(gradient[index]!)));
        expect(firstMismatch(expected, wrong)).toMatchObject({ index, actual: wrong[index] });
      }),
    );
  },
);

test('a gradient of the wrong length is an error', () => {
  expect(() => reference.gradientMismatch(() => 0, new Float64Array(3), new Float64Array(2))).toThrow(/2 elements.*3/);
});
