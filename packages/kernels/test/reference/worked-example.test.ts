// A small network that was computed by hand: how gradients flow back to the kernel of a convolution. Only the float64
// references are used.
import { describe, expect, test } from 'vitest';
import * as reference from '../../src/reference/index.ts';
import type { Conv2dShape, Pool2dShape } from '../../src/shapes.ts';

const flat = (...rows: number[][]) => Float64Array.from(rows.flat());

const window = {
  kernelHeight: 2,
  kernelWidth: 2,
  padTop: 0,
  padLeft: 0,
  padBottom: 0,
  padRight: 0,
};
const plain = { inChannels: 1, outChannels: 1, dilationY: 1, dilationX: 1, groups: 1 };
const conv: Conv2dShape = { ...window, ...plain, height: 5, width: 5, strideY: 1, strideX: 1 };
const pool: Pool2dShape = { ...window, channels: 1, height: 4, width: 4, strideY: 2, strideX: 2 };
const neurons = { inFeatures: 4, outFeatures: 2 };

const input = flat(
  [0.51, 0.9, 0.88, 0.84, 0.05],
  [0.4, 0.62, 0.22, 0.59, 0.1],
  [0.11, 0.2, 0.74, 0.33, 0.14],
  [0.47, 0.01, 0.85, 0.7, 0.09],
  [0.76, 0.19, 0.72, 0.17, 0.57],
);
const kernel = flat([-0.13, 0.15], [-0.51, 0.62]);
const weight = flat([0.61, 0.82, 0.96, -1.0], [0.02, -0.5, 0.23, 0.17]);
const neuronDeltas = flat([0.25, -0.15]);

/** From the input to the neurons, with the values that backward needs. */
function forward(x: Float64Array, w: Float64Array) {
  const map = reference.conv2d(conv, 1, x, w);
  const pooled = reference.maxPool2d(pool, 1, map);
  const activated = reference.sigmoid(pooled);
  return { map, pooled, activated, output: reference.dense(neurons, 1, activated, weight) };
}

/** From the deltas of the neurons to the 4×4 map of deltas at the convolution. */
function deltasBefore(activated: Float64Array) {
  return reference.sigmoidGradient(activated, reference.denseInputGradient(neurons, 1, weight, neuronDeltas));
}

const { map, pooled, activated, output } = forward(input, kernel);
const winners = reference.maxPool2dIndices(pool, 1, map);
const route = (deltas: Float64Array) => reference.maxPool2dInputGradient(pool, 1, winners, deltas);
const weightGradient = (deltaMap: Float64Array) => reference.conv2dWeightGradient(conv, 1, input, deltaMap);

const exactKernelGradient = [0.04475727866395933, 0.09438456890425985, 0.011296129594733906, 0.06856180934067002];

function expectClose(actual: Float64Array, expected: ArrayLike<number>, tolerance: number) {
  const wrong = actual.findIndex((value, i) => !(Math.abs(value - expected[i]!) <= tolerance));
  expect({ length: actual.length, wrong, actual: actual[wrong], expected: expected[wrong] }).toEqual({
    length: expected.length,
    wrong: -1,
  });
}

test('forward', () => {
  expect(map[0]).toBeCloseTo(0.2491, 12);
  expectClose(pooled, [0.3092, 0.2652, 0.6069, 0.1892], 1e-12);
  expectClose(activated, [0.57669, 0.56591, 0.64723, 0.54716], 5e-6);
});

test('the pool routes to (1,1), (0,2), (2,1) and (3,3)', () => {
  expect(route(flat([1, 2, 3, 4]))).toEqual(flat([0, 0, 2, 0], [0, 1, 0, 0], [0, 3, 0, 0], [0, 0, 0, 4]));
});

describe('backward with rounded sigmoids', () => {
  const deltas = deltasBefore(flat([0.58, 0.57, 0.65, 0.55]));

  test('deltas', () => {
    expectClose(deltas, [0.0364182, 0.068628, 0.04675125, -0.06818625], 1e-15);
  });

  test('weight gradient', () => {
    expectClose(weightGradient(route(deltas)), [0.044591799, 0.0941186865, 0.01125765, 0.068312388], 1e-15);
  });

  test('weight gradient with the deltas rounded to four digits', () => {
    const printed = flat([0, 0, 0.0686, 0], [0, 0.0364, 0, 0], [0, 0.0467, 0, 0], [0, 0, 0, -0.0681]);
    expectClose(weightGradient(printed), [0.044606, 0.094061, 0.011262, 0.068288], 1e-12);
  });
});

describe('backward without rounding', () => {
  const deltas = deltasBefore(activated);
  const deltaMap = route(deltas);

  test('deltas', () => {
    const expected = [0.03649573776280086, 0.06878349152047177, 0.04692024243860495, -0.06826228539244766];
    expectClose(deltas, expected, 1e-16);
  });

  test('kernel and bias gradient', () => {
    expectClose(weightGradient(deltaMap), exactKernelGradient, 1e-16);
    expectClose(reference.conv2dBiasGradient(conv, deltaMap), [0.08393718632942992], 1e-16);
  });

  test('gradient at the input', () => {
    const expected = flat(
      [0, 0, -0.00894185, 0.01031752, 0],
      [0, -0.00474445, -0.02960522, 0.04264576, 0],
      [0, -0.02471246, 0.02966539, 0, 0],
      [0, -0.02392932, 0.02909055, 0.0088741, -0.01023934],
      [0, 0, 0, 0.03481377, -0.04232262],
    );
    expectClose(reference.conv2dInputGradient(conv, 1, kernel, deltaMap), expected, 5e-9);
  });

  test("SciPy's convolve2d(rot90(rot90(δ)), o, 'valid') is the same weight gradient", () => {
    const turned = deltaMap.toReversed();
    // A true convolution turns the argument that slides by 180°. Here this is the smaller one, inside the larger one.
    const scipy = new Float64Array(4);
    for (let m = 0; m < 2; m++) {
      for (let n = 0; n < 2; n++) {
        for (let i = 0; i < 4; i++) {
          for (let j = 0; j < 4; j++) scipy[2 * m + n]! += turned[4 * (3 - i) + (3 - j)]! * input[5 * (m + i) + n + j]!;
        }
      }
    }
    expectClose(scipy, exactKernelGradient, 1e-16);
  });
});

describe('with E = ½ Σ (t − y)² of the two neurons', () => {
  // Targets that make ∂E/∂y = y − t the deltas of the example.
  const target = output.map((y, i) => y - neuronDeltas[i]!);
  const error = (y: Float64Array) =>
    reference.meanSquaredError({ elements: 2, reduction: 'halfSum' }, 1, y, target, flat([1]));

  test('the deltas of the neurons are its gradient', () => {
    const shape = { elements: 2, reduction: 'halfSum' as const };
    expectClose(reference.meanSquaredErrorGradient(shape, 1, output, target, flat([1])), neuronDeltas, 1e-15);
  });

  test('the weight gradient is the gradient of the whole chain', () => {
    const chain = (w: Float64Array) => error(forward(input, w).output);
    expect(reference.gradientMismatch(chain, kernel, Float64Array.from(exactKernelGradient))).toBeUndefined();
  });

  test('the update w ← w − η·∂E/∂w moves the kernel against it', () => {
    const settings = { learningRate: 0.1, momentum: 0, weightDecay: 0, nesterov: false };
    const start = { parameters: kernel, velocity: new Float64Array(4) };
    const { parameters } = reference.sgd(settings, start, [Float64Array.from(exactKernelGradient)]);
    const expected = [-0.134475727866396, 0.140561543109574, -0.511129612959473, 0.613143819065933];
    expectClose(parameters, expected, 1e-15);
    expect(error(forward(input, parameters).output)).toBeLessThan(error(output));
  });

  test('a convolution before it, with several channels, a bias and an activation', () => {
    const front: Conv2dShape = { ...conv, inChannels: 2, outChannels: 3, height: 6, width: 6 };
    const back: Conv2dShape = { ...conv, inChannels: 3, outChannels: 1 };
    const wave = (length: number, phase: number) => Float64Array.from({ length }, (_, i) => Math.sin(phase + i * i));
    const [x, w1, b1, w2] = [wave(2 * 36, 1), wave(3 * 2 * 4, 2), wave(3, 3), wave(3 * 4, 4)];
    const run = (w: Float64Array, b: Float64Array) => {
      const hidden = reference.tanh(reference.conv2d(front, 1, x, w, b));
      const map = reference.conv2d(back, 1, hidden, w2);
      const activated = reference.sigmoid(reference.maxPool2d(pool, 1, map));
      return { hidden, map, activated, output: reference.dense(neurons, 1, activated, weight) };
    };

    const { hidden, map, activated, output } = run(w1, b1);
    const shape = { elements: 2, reduction: 'halfSum' as const };
    const dOutput = reference.meanSquaredErrorGradient(shape, 1, output, target, flat([1]));
    const dActivated = reference.denseInputGradient(neurons, 1, weight, dOutput);
    const dPooled = reference.sigmoidGradient(activated, dActivated);
    const winners = reference.maxPool2dIndices(pool, 1, map);
    const dMap = reference.maxPool2dInputGradient(pool, 1, winners, dPooled);
    const dHidden = reference.tanhGradient(hidden, reference.conv2dInputGradient(back, 1, w2, dMap));
    const dKernel = reference.conv2dWeightGradient(front, 1, x, dHidden);
    const dBias = reference.conv2dBiasGradient(front, dHidden);

    expect(reference.gradientMismatch((w) => error(run(w, b1).output), w1, dKernel)).toBeUndefined();
    expect(reference.gradientMismatch((b) => error(run(w1, b).output), b1, dBias)).toBeUndefined();
  });
});
