// Values of the float64 references, and their gradients at ties and kinks, in cases that are small enough to compute by
// hand.
import { describe, expect, test } from 'vitest';
import * as reference from '../../src/reference/index.ts';
import {
  type AvgPool2dShape,
  type Conv2dShape,
  outputHeight,
  outputWidth,
  type SlidingWindow,
} from '../../src/shapes.ts';

const numbers = (...values: number[]) => Float64Array.from(values);

/** A 3×4 plane with a 2×2 window, by default with stride 1 and no padding. */
const plane: SlidingWindow = {
  height: 3,
  width: 4,
  kernelHeight: 2,
  kernelWidth: 2,
  strideY: 1,
  strideX: 1,
  padTop: 0,
  padLeft: 0,
  padBottom: 0,
  padRight: 0,
};
// 1  2  3  4
// 5  6  7  8
// 9 10 11 12
const ramp = numbers(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);

describe('output size', () => {
  test.each([
    { change: {}, rows: 2, columns: 3 },
    { change: { padTop: 1, padRight: 2 }, rows: 3, columns: 5 },
    { change: { strideY: 3, strideX: 2 }, rows: 1, columns: 2 },
    { change: { dilationY: 2, dilationX: 3 }, rows: 1, columns: 1 },
    { change: { kernelHeight: 1, kernelWidth: 3, strideX: 4, padLeft: 3 }, rows: 3, columns: 2 },
  ])('with $change is $rows × $columns', ({ change, rows, columns }) => {
    const window = { ...plane, ...change };
    expect([outputHeight(window), outputWidth(window)]).toEqual([rows, columns]);
  });
});

describe('conv2d', () => {
  const single: Conv2dShape = { ...plane, inChannels: 1, outChannels: 1, dilationY: 1, dilationX: 1, groups: 1 };
  // The digits of each result show which cells were multiplied with which weight.
  const kernel = numbers(1000, 100, 10, 1);

  test('is a correlation, which does not flip the kernel', () => {
    const shape = { ...single, height: 2, width: 2 };
    expect(reference.conv2d(shape, 1, numbers(1, 2, 3, 4), kernel)).toEqual(numbers(1234));
  });

  test('pads each side independently', () => {
    const shape = { ...single, height: 1, width: 2 };
    const input = numbers(1, 2);
    const padded = (side: Partial<Conv2dShape>) =>
      Array.from(reference.conv2d({ ...shape, ...side }, 1, input, kernel));
    expect(padded({ padTop: 1 })).toEqual([12]);
    expect(padded({ padBottom: 1 })).toEqual([1200]);
    expect(padded({ padTop: 1, padLeft: 1 })).toEqual([1, 12]);
    expect(padded({ padBottom: 1, padRight: 1 })).toEqual([1200, 2000]);
  });

  test('takes every stride-th window, also if the stride is larger than the kernel', () => {
    const shape = { ...single, width: 5, height: 2, strideX: 3 };
    const input = numbers(1, 2, 3, 4, 5, 6, 7, 8, 9, 0);
    expect(reference.conv2d(shape, 1, input, kernel)).toEqual(numbers(1267, 4590));
  });

  test('spreads the taps by the dilation', () => {
    const shape = { ...single, dilationY: 2, dilationX: 3 };
    expect(reference.conv2d(shape, 1, numbers(1, 0, 0, 2, 0, 0, 0, 0, 3, 0, 0, 4), kernel)).toEqual(numbers(1234));
  });

  test('sums over input channels and adds a bias per filter', () => {
    const shape = { ...single, height: 1, width: 1, kernelHeight: 1, kernelWidth: 1, inChannels: 2, outChannels: 3 };
    const output = reference.conv2d(
      shape,
      2,
      numbers(1, 2, 3, 4),
      numbers(1, 10, 2, 20, 3, 30),
      numbers(0.1, 0.2, 0.3),
    );
    expect(output).toEqual(numbers(21.1, 42.2, 63.3, 43.1, 86.2, 129.3));
  });

  test('separates groups', () => {
    const pixel = { ...single, height: 1, width: 1, kernelHeight: 1, kernelWidth: 1 };
    const shape = { ...pixel, inChannels: 4, outChannels: 4, groups: 2 };
    const output = reference.conv2d(shape, 1, numbers(1, 2, 3, 4), numbers(10, 1, 100, 1, 10, 1, 100, 1));
    expect(output).toEqual(numbers(12, 102, 34, 304));
  });
});

describe('maxPool2d', () => {
  test('takes the maximum of each window of each channel', () => {
    const shape = { ...plane, channels: 2, strideX: 2 };
    const input = numbers(...ramp, ...ramp.map((x) => -x));
    expect(reference.maxPool2d(shape, 1, input)).toEqual(numbers(6, 8, 10, 12, -1, -3, -5, -7));
  });

  test('ignores padding', () => {
    const shape = { ...plane, channels: 1, height: 1, width: 1, padTop: 1, padLeft: 1, padBottom: 1, padRight: 1 };
    const output = reference.maxPool2d(shape, 1, numbers(-3));
    expect(output).toEqual(numbers(-3, -3, -3, -3));
    const winners = reference.maxPool2dIndices(shape, 1, numbers(-3));
    expect(winners).toEqual(numbers(3, 2, 1, 0));
    expect(reference.maxPool2dInputGradient(shape, 1, winners, numbers(1, 10, 100, 1000))).toEqual(numbers(1111));
  });

  test('is −∞ and has no gradient where there is only padding', () => {
    const shape = { ...plane, channels: 1, height: 2, width: 2, strideY: 2, padTop: 2 };
    const input = numbers(1, 2, 3, 4);
    expect(reference.maxPool2d(shape, 1, input)).toEqual(numbers(-Infinity, 4));
    const winners = reference.maxPool2dIndices(shape, 1, input);
    expect(winners).toEqual(numbers(-1, 3));
    expect(reference.maxPool2dInputGradient(shape, 1, winners, numbers(5, 6))).toEqual(numbers(0, 0, 0, 6));
  });

  test('gives the gradient of a tie to the first cell in row order', () => {
    const shape = { ...plane, channels: 1, height: 2, width: 3 };
    const input = numbers(0, 7, 7, 7, 7, 7);
    const winners = reference.maxPool2dIndices(shape, 1, input);
    expect(winners).toEqual(numbers(1, 0));
    expect(reference.maxPool2dInputGradient(shape, 1, winners, numbers(1, 10))).toEqual(numbers(0, 11, 0, 0, 0, 0));
  });

  test('takes a NaN as the maximum, of several the last one', () => {
    const shape = { ...plane, channels: 1, height: 2, width: 2 };
    const input = numbers(1, Number.NaN, Number.NaN, 4);
    expect(reference.maxPool2d(shape, 1, input)).toEqual(numbers(Number.NaN));
    expect(reference.maxPool2dIndices(shape, 1, input)).toEqual(numbers(2));
  });
});

test('maxPool2d spreads its cells by the dilation', () => {
  const shape = { ...plane, channels: 1, height: 1, width: 5, kernelHeight: 1, dilationX: 3 };
  expect(reference.maxPool2d(shape, 1, numbers(1, 9, 9, 2, 0))).toEqual(numbers(2, 9));
});

describe('avgPool2d', () => {
  const shape: AvgPool2dShape = {
    ...plane,
    channels: 1,
    strideY: 2,
    strideX: 2,
    padTop: 1,
    padLeft: 1,
    countPadding: true,
  };

  test('divides by the whole window when padding counts', () => {
    expect(reference.avgPool2d(shape, 1, ramp)).toEqual(numbers(1 / 4, 5 / 4, 14 / 4, 34 / 4));
    expect(reference.avgPool2dInputGradient(shape, 1, numbers(4, 8, 12, 16))).toEqual(
      numbers(1, 2, 2, 0, 3, 4, 4, 0, 3, 4, 4, 0),
    );
  });

  test('divides by the cells inside when it does not', () => {
    const inside = { ...shape, countPadding: false };
    expect(reference.avgPool2d(inside, 1, ramp)).toEqual(numbers(1, 5 / 2, 14 / 2, 34 / 4));
    expect(reference.avgPool2dInputGradient(inside, 1, numbers(4, 8, 12, 16))).toEqual(
      numbers(4, 4, 4, 0, 6, 4, 4, 0, 6, 4, 4, 0),
    );
  });

  test('is 0 where there is only padding', () => {
    const outside = { ...shape, height: 1, width: 1, padTop: 2, padLeft: 0, padRight: 1, countPadding: false };
    expect(reference.avgPool2d(outside, 1, numbers(5))).toEqual(numbers(0));
  });

  test('leaves the overhang out of the divisor', () => {
    const ceiled = { ...shape, padTop: 0, padBottom: 1, padLeft: 0, padRight: 1, width: 3, overhangBottom: 1 };
    // 1 2 3 0
    // 4 5 6 0
    // 7 8 9 0, and a row that does not count
    expect(reference.avgPool2d(ceiled, 1, ramp.subarray(0, 9))).toEqual(numbers(12 / 4, 9 / 4, 15 / 2, 9 / 2));
    expect(reference.avgPool2dInputGradient(ceiled, 1, numbers(4, 8, 6, 10))).toEqual(
      numbers(1, 1, 2, 1, 1, 2, 3, 3, 5),
    );
  });
});

describe('adaptiveAvgPool2d', () => {
  test('lets bins overlap where the sizes do not divide', () => {
    const shape = { channels: 1, height: 1, width: 5, rows: 1, columns: 3 };
    // Cells 0–1, 1–3, 3–4.
    expect(reference.adaptiveAvgPool2d(shape, 1, numbers(1, 3, 5, 10, 20))).toEqual(numbers(2, 6, 15));
    expect(reference.adaptiveAvgPool2dInputGradient(shape, 1, numbers(2, 3, 4))).toEqual(numbers(1, 2, 1, 3, 2));
  });

  test('repeats cells where the output is larger', () => {
    const shape = { channels: 1, height: 2, width: 1, rows: 3, columns: 1 };
    expect(reference.adaptiveAvgPool2d(shape, 1, numbers(1, 3))).toEqual(numbers(1, 2, 3));
  });
});

describe('conv2dTranspose', () => {
  const single: Conv2dShape = { ...plane, inChannels: 1, outChannels: 1, dilationY: 1, dilationX: 1, groups: 1 };

  test('adds a kernel for every cell, a stride apart', () => {
    const shape = { ...single, height: 1, kernelHeight: 1, width: 5, kernelWidth: 3, strideX: 2 };
    expect(reference.conv2dTranspose(shape, 1, numbers(1, 2), numbers(1, 10, 100), numbers(0.5))).toEqual(
      numbers(1.5, 10.5, 102.5, 20.5, 200.5),
    );
  });

  test('removes the padding, and adds zeros where no kernel reaches', () => {
    const shape = {
      ...single,
      height: 1,
      kernelHeight: 1,
      width: 4,
      kernelWidth: 2,
      strideX: 2,
      padLeft: 1,
      padRight: -1,
    };
    expect(reference.conv2dTranspose(shape, 1, numbers(1, 2), numbers(1, 10))).toEqual(numbers(10, 2, 20, 0));
  });

  test('separates groups, with a kernel of [in, out / groups]', () => {
    const pixel = { ...single, height: 1, width: 1, kernelHeight: 1, kernelWidth: 1 };
    const shape = { ...pixel, inChannels: 4, outChannels: 2, groups: 2 };
    expect(reference.conv2dTranspose(shape, 1, numbers(2, 3), numbers(1, 10, 100, 1000))).toEqual(
      numbers(2, 20, 300, 3000),
    );
  });
});

describe('upsampling', () => {
  const row = { channels: 1, height: 1, width: 3, scaleY: 1, scaleX: 2 };

  test('repeats the nearest cell', () => {
    const shape = { ...row, height: 2, width: 2, scaleY: 2 };
    expect(reference.upsampleNearest2d(shape, 1, numbers(1, 2, 3, 4))).toEqual(
      numbers(1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4),
    );
  });

  test('interpolates between centers, and repeats the outer values outside of them', () => {
    const output = reference.upsampleBilinear2d({ ...row, alignCorners: false }, 1, numbers(4, 8, 0));
    expect(output).toEqual(numbers(4, 5, 7, 6, 2, 0));
  });

  test('keeps the corners where they are aligned', () => {
    const output = reference.upsampleBilinear2d({ ...row, alignCorners: true }, 1, numbers(5, 10, 0));
    for (const [i, expected] of [5, 7, 9, 8, 4, 0].entries()) expect(output[i]).toBeCloseTo(expected, 14);
  });

  test('interpolates in both directions', () => {
    const shape = { channels: 1, height: 2, width: 2, scaleY: 2, scaleX: 1, alignCorners: false };
    expect(reference.upsampleBilinear2d(shape, 1, numbers(0, 4, 8, 16))).toEqual(numbers(0, 4, 2, 7, 6, 13, 8, 16));
  });
});

test('zero padding and cropping', () => {
  const shape = { channels: 1, height: 1, width: 2, top: 1, left: 0, bottom: 0, right: 1 };
  expect(reference.zeroPad2d(shape, 1, numbers(7, 8))).toEqual(numbers(0, 0, 0, 7, 8, 0));
  expect(reference.crop2d(shape, 1, numbers(1, 2, 3, 4, 5, 6))).toEqual(numbers(4, 5));
});

test('dense is x·Wᵀ + b with W stored [out, in]', () => {
  const shape = { inFeatures: 2, outFeatures: 3 };
  const output = reference.dense(shape, 2, numbers(1, 2, 3, 4), numbers(1, 10, 2, 20, 3, 30), numbers(0.5, 0.25, 0));
  expect(output).toEqual(numbers(21.5, 42.25, 63, 43.5, 86.25, 129));
});

describe('activations', () => {
  test('relu and its gradient are 0 at 0', () => {
    const output = reference.relu(numbers(-1, -0, 0, 2));
    expect(output).toEqual(numbers(0, 0, 0, 2));
    expect(reference.reluGradient(output, numbers(5, 5, 5, 5))).toEqual(numbers(0, 0, 0, 5));
  });

  test('sigmoid and tanh saturate without NaN', () => {
    expect(reference.sigmoid(numbers(-1000, 0, 1000))).toEqual(numbers(0, 0.5, 1));
    expect(reference.tanh(numbers(-1000, 0, 1000))).toEqual(numbers(-1, 0, 1));
  });
});

describe('activations by hand', () => {
  const at = numbers(-8, -1, 0, 1, 8);

  test.each<[string, Float64Array, number[]]>([
    ['relu6', reference.relu6(at), [0, 0, 0, 1, 6]],
    ['leakyRelu', reference.leakyRelu(at, 0.25), [-2, -0.25, 0, 1, 8]],
    ['elu', reference.elu(at, 2), [-1.99932907474419, -1.2642411176571153, 0, 1, 8]],
    ['selu', reference.selu(at), [-1.7575095, -1.1113307, 0, 1.050701, 8.4056079]],
    ['gelu', reference.gelu(at), [-4.9767e-15, -0.15865525393145707, 0, 0.8413447460685429, 8]],
    ['geluTanh', reference.geluTanh(at), [0, -0.15880800939172324, 0, 0.8411919906082768, 8]],
    ['silu', reference.silu(at), [-0.002682801, -0.2689414213699951, 0, 0.7310585786300049, 7.997317199]],
    ['hardSwish', reference.hardSwish(at), [0, -1 / 3, 0, 2 / 3, 8]],
    ['hardSigmoid', reference.hardSigmoid(at), [0, 1 / 3, 0.5, 2 / 3, 1]],
    [
      'softplus',
      reference.softplus(at, 1),
      [0.000335406372896, 0.313261687518, Math.LN2, 1.313261687518, 8.000335406372896],
    ],
    ['softplus of beta 2', reference.softplus(numbers(0.5), 2), [1.313261687518 / 2]],
  ])('%s', (_, actual, expected) => {
    for (const [i, y] of expected.entries()) expect(actual[i]).toBeCloseTo(y, 6);
  });

  test('the normal distribution has the probabilities of tables', () => {
    const table = [
      [-37.5, 4.605353009581954e-308],
      [-6, 9.865876450376981e-10],
      [-3, 0.0013498980316300946],
      [-1.96, 0.024997895148220435],
      [0, 0.5],
      [0.5, 0.6914624612740131],
      [3.5, 0.9997673709209645],
    ] as const;
    for (const [x, probability] of table) {
      expect(reference.normalProbability(x) / probability).toBeCloseTo(1, 12);
    }
    expect(reference.normalDensity(1)).toBeCloseTo(0.24197072451914337, 15);
  });

  test('prelu has one slope per channel', () => {
    const shape = { channels: 2, area: 2 };
    const x = numbers(-1, 2, -3, 4, 0, -6, 7, -8);
    const slope = numbers(0.5, -2);
    expect(reference.prelu(shape, x, slope)).toEqual(numbers(-0.5, 2, 6, 4, 0, -3, 7, 16));
    const ones = new Float64Array(8).fill(1);
    expect(reference.preluInputGradient(shape, x, slope, ones)).toEqual(numbers(0.5, 1, -2, 1, 0.5, 0.5, 1, -2));
    expect(reference.preluSlopeGradient(shape, x, ones)).toEqual(numbers(-7, -11));
  });

  test('softmax normalizes over the channels of each pixel', () => {
    const shape = { channels: 2, area: 2 };
    const y = reference.softmax(shape, 1, numbers(0, 1000, Math.log(3), -1000));
    for (const [i, expected] of [0.25, 1, 0.75, 0].entries()) expect(y[i]).toBeCloseTo(expected, 15);
    expect(reference.softmaxInputGradient(shape, 1, numbers(0.25, 1, 0.75, 0), numbers(4, 1, 0, 2))).toEqual(
      numbers(0.75, 0, -0.75, 0),
    );
  });
});

describe('softmaxCrossEntropy', () => {
  test('is the logarithm of the number of classes for equal logits, times the sample weights', () => {
    const loss = reference.softmaxCrossEntropy({ classes: 4 }, 2, new Float64Array(8), [0, 3], numbers(0.5, 0.25));
    expect(loss).toBeCloseTo(0.75 * Math.log(4), 15);
  });

  test('of logits 0, log 2, log 5 and label 1 is −log ¼', () => {
    const logits = numbers(0, Math.log(2), Math.log(5));
    expect(reference.softmaxCrossEntropy({ classes: 3 }, 1, logits, [1], numbers(1))).toBeCloseTo(Math.log(4), 15);
    const gradient = reference.softmaxCrossEntropyGradient({ classes: 3 }, 1, logits, [1], numbers(2));
    for (const [k, expected] of [0.25, -1.5, 1.25].entries()) expect(gradient[k]).toBeCloseTo(expected, 15);
  });

  test('is stable for large logits', () => {
    const logits = numbers(1000, -1000);
    expect(reference.softmaxCrossEntropy({ classes: 2 }, 1, logits, [1], numbers(1))).toBe(2000);
    expect(reference.softmaxCrossEntropyGradient({ classes: 2 }, 1, logits, [1], numbers(1))).toEqual(numbers(1, -1));
  });

  test('leaves out a sample of weight 0, whatever its numbers are', () => {
    const logits = numbers(Number.NaN, 1, 0, 0);
    const weights = numbers(0, 1);
    expect(reference.softmaxCrossEntropy({ classes: 2 }, 2, logits, [9, 0], weights)).toBeCloseTo(Math.log(2), 15);
    expect(reference.softmaxCrossEntropyGradient({ classes: 2 }, 2, logits, [9, 0], weights)).toEqual(
      numbers(0, 0, -0.5, 0.5),
    );
  });
});

test.each([
  { reduction: 'halfSum' as const, loss: (0.5 * 25) / 2 + 0.5 * 4, gradient: [-1.5, 2, 0, -2] },
  { reduction: 'mean' as const, loss: (25 / 2) * 0.5 + 4 / 2, gradient: [-1.5, 2, 0, -2] },
  { reduction: 'mean' as const, elements: 4, loss: (29 / 4) * 0.5, gradient: [-0.75, 1, 0, -0.5] },
])('meanSquaredError, $reduction, is $loss', ({ reduction, elements = 2, loss, gradient }) => {
  const output = numbers(1, 6, 3, 2);
  const target = numbers(4, 2, 3, 4);
  const weights = numbers(0.5, 1);
  const shape = { reduction, elements };
  expect(reference.meanSquaredError(shape, 4 / elements, output, target, weights)).toBe(loss);
  expect(reference.meanSquaredErrorGradient(shape, 4 / elements, output, target, weights)).toEqual(
    Float64Array.from(gradient),
  );
});

describe('sgd', () => {
  const state = { parameters: numbers(1, -2), velocity: numbers(0.5, 0) };
  const shards = [numbers(0.25, 1), numbers(0.5, -3)];
  const settings = { learningRate: 0.5, momentum: 0.5, weightDecay: 0.25, nesterov: false };

  test('adds shards, decay and momentum, then steps', () => {
    const next = reference.sgd(settings, state, shards);
    expect(next.velocity).toEqual(numbers(1.25, -2.5)); // 0.25 + 0.75 + 0.25, 0 − 2 − 0.5
    expect(next.parameters).toEqual(numbers(0.375, -0.75));
    expect(state.parameters).toEqual(numbers(1, -2));
  });

  test('looks ahead with Nesterov momentum', () => {
    const next = reference.sgd({ ...settings, nesterov: true }, state, shards);
    expect(next.velocity).toEqual(numbers(1.25, -2.5));
    expect(next.parameters).toEqual(numbers(1 - 0.5 * 1.625, -2 + 0.5 * 3.75));
  });

  test('adds the shards in order', () => {
    const plain = { ...settings, learningRate: 1, momentum: 0, weightDecay: 0 };
    const zero = { parameters: numbers(0), velocity: numbers(0) };
    expect(reference.sgd(plain, zero, [numbers(1), numbers(1e300), numbers(-1e300)]).parameters).toEqual(numbers(0));
    expect(reference.sgd(plain, zero, [numbers(1e300), numbers(-1e300), numbers(1)]).parameters).toEqual(numbers(-1));
  });
});

describe('adam', () => {
  const state = { parameters: numbers(1, -2), mean: numbers(0, 0), square: numbers(0, 0) };
  const settings = { learningRate: 0.5, beta1: 0.75, beta2: 0.5, epsilon: 0, weightDecay: 0, decoupled: false };

  test('first moves one learning rate against the sign of each gradient', () => {
    const { parameters, mean, square } = reference.adam(settings, 1, state, [numbers(3, -1), numbers(1, 0)]);
    expect(parameters).toEqual(numbers(0.5, -1.5));
    expect([mean, square]).toEqual([numbers(1, -0.25), numbers(8, 0.5)]);
  });

  test('corrects the averages for their start from zero, and adds epsilon to the root', () => {
    const second = { parameters: numbers(1), mean: numbers(1), square: numbers(8) };
    // m = 3/4 + 1/4 · 2 = 5/4, m̂ = 5/4 / (7/16) = 20/7; v = 4 + 1/2 · 4 = 6, v̂ = 6 / (3/4) = 8.
    const { parameters } = reference.adam({ ...settings, epsilon: 0.25 }, 2, second, [numbers(2)]);
    expect(parameters[0]).toBeCloseTo(1 - (0.5 * 20) / 7 / (Math.sqrt(8) + 0.25), 15);
  });

  test('decays weights through the gradient, or decoupled from it', () => {
    const decaying = { ...settings, weightDecay: 0.5 };
    const idle = [numbers(0, 0)];
    expect(reference.adam(decaying, 1, state, idle).parameters).toEqual(numbers(0.5, -1.5));
    const decoupled = reference.adam({ ...decaying, decoupled: true, epsilon: 1 }, 1, state, idle);
    expect(decoupled.parameters).toEqual(numbers(0.75, -1.5));
    expect(decoupled.square).toEqual(numbers(0, 0));
  });
});

test('rmsprop divides by the root of the average square, then adds momentum', () => {
  const settings = { learningRate: 0.5, rho: 0.75, epsilon: 0.5, momentum: 0.5, weightDecay: 0.25 };
  const state = { parameters: numbers(4), square: numbers(3), velocity: numbers(1) };
  // g = 4 − 1 + 1 = 4, v = 9/4 + 16/4 = 25/4, u = 1/2 + 4 / (5/2 + 1/2) = 11/6.
  const next = reference.rmsprop(settings, state, [numbers(4), numbers(-1)]);
  expect(next.square).toEqual(numbers(6.25));
  expect(next.velocity[0]).toBeCloseTo(11 / 6, 15);
  expect(next.parameters[0]).toBeCloseTo(4 - 11 / 12, 15);
});

describe('clipping', () => {
  test('by value keeps numbers within the limit, and NaN', () => {
    const gradient = numbers(-3, -2, 0.5, 2, Infinity, Number.NaN);
    expect(reference.clipByValue(gradient, 2)).toEqual(numbers(-2, -2, 0.5, 2, 2, Number.NaN));
  });

  test('by the global norm scales all gradients if their norm exceeds the limit', () => {
    expect(reference.globalNormScale([numbers(3), numbers(0, 4)], 2)).toBe(2 / (5 + 1e-6));
    expect(reference.globalNormScale([numbers(3), numbers(0, 4)], 6)).toBe(1);
    expect(reference.globalNormScale([numbers(Number.NaN)], 6)).toBe(Number.NaN);
  });

  test('sums squares by chunks', () => {
    expect(reference.chunkSquares(numbers(1, 2, 3, 4, 5), 2)).toEqual(numbers(5, 25, 25));
  });
});

test('a moving average follows the parameters', () => {
  expect(reference.movingAverage(numbers(1, 0), numbers(3, 4), 0.75)).toEqual(numbers(1.5, 1));
});

test('accuracy counts the first of equal maxima', () => {
  const scores = numbers(1, 3, 3, -1, -1, -2, 0, 0, 5);
  expect(Array.from(reference.argmax({ classes: 3 }, 3, scores))).toEqual([1, 0, 2]);
  expect(reference.accuracy({ classes: 3 }, 3, scores, [2, 0, 2])).toBe(2 / 3);
});

test('of equal logits the smaller classes are the top classes, and there are none if a logit is NaN', () => {
  const scores = numbers(1, 3, 3, 3, 0, Infinity, 0, Infinity, -Infinity, 0, -Infinity, Number.NaN);
  const shape = { classes: 4, k: 2 };
  expect(reference.topClasses(shape, 3, scores)).toEqual([[1, 2], [1, 3], []]);
  expect(reference.topKAccuracy(shape, 3, scores, [2, 0, 1])).toBe(1 / 3);
  expect(reference.topKAccuracy({ classes: 4, k: 3 }, 3, scores, [2, 0, 1])).toBe(2 / 3);
});
