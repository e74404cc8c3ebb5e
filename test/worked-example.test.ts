// The worked example with the public layers: forward, every delta, every gradient, the update, and the consequences.
import type { Conv2dShape } from '@convoy/kernels';
import * as reference from '@convoy/kernels/reference';
import {
  conv2d,
  createLearner,
  dense,
  flatten,
  type Layer,
  maxPool2d,
  relu,
  sequential,
  sgd,
  sigmoid,
} from '@convoy/layers';
import { RandomStream, Tensor, tensor, zeros } from '@convoy/tensor';
import { describe, expect, test } from 'vitest';
import { expectClose } from '../packages/layers/test/expectations.ts';
import { learnerStep, loss, targetsFor, trainerStep } from './one-step.ts';
import { convolve2dValid, correlate, correlateFully, planeOf, turned } from './planes.ts';
import {
  activated,
  deltaMap,
  exact,
  input,
  kernel,
  maxima,
  neuronDeltas,
  places,
  rounded,
  roundedTwice,
  weights,
} from './worked-example.ts';

/** The difference between float32 and float64, for numbers below 1. */
const TOLERANCE = 1e-6;

const convolution = conv2d({ filters: 1, kernelSize: 2, useBias: false, name: 'convolution' });
const pooling = maxPool2d({ size: 2 });
const neurons = dense({ units: 2, useBias: false, name: 'neurons' });
const network = [convolution, pooling, sigmoid(), flatten(), neurons];

const given = new Map([
  ['convolution.kernel', kernel],
  ['neurons.kernel', weights],
]);

/** Some layers of the example as a separate network. */
function partOf(shape: readonly number[], layers: readonly Layer[]) {
  const model = sequential({ input: shape }, layers);
  const learner = createLearner({ model, loss, optimizer: sgd({ learningRate: 0 }), batchSize: 1 });
  learner.setParameters([...given].filter(([name]) => learner.parameters().has(name)));
  return {
    forward: (x: Tensor) => learner.predict(x),
    /** The gradients for this output gradient. */
    backward(x: Tensor, outputGradient: ArrayLike<number>) {
      const { inputs, parameters, scores } = learner.gradients(x, targetsFor(outputGradient, learner.predict(x)));
      return { input: inputs.data, kernel: parameters.get('convolution.kernel')?.data, loss: scores.loss, parameters };
    },
  };
}

const map = partOf([1, 5, 5], [convolution]).forward(input);
const pooled = partOf([1, 4, 4], [pooling]).forward(map);

describe('forward', () => {
  test('the convolution correlates: x[i][j] = Σ w[m][n] · o[i+m][j+n]', () => {
    expect(map.shape).toEqual([1, 1, 4, 4]);
    expectClose('x[0][0]', [map.at(0, 0, 0, 0)], [0.2491], TOLERANCE);
    expectClose('map', map.data, correlate(input.data, kernel.data), TOLERANCE);
  });

  test('the pooling takes the maxima', () => {
    expectClose('pooled', pooled.data, maxima, TOLERANCE);
    for (const [i, [row, column]] of places.entries()) expect(map.at(0, 0, row, column)).toBe(pooled.data[i]);
  });

  test('the sigmoid and the neurons', () => {
    const cells = partOf([1, 2, 2], [sigmoid()]).forward(pooled);
    expectClose('activated', cells.data, activated, 5e-6);
    const sums = [0, 1].map((h) => activated.reduce((sum, a, i) => sum + weights.at(h, i) * a, 0));
    expectClose('neurons', partOf([1, 5, 5], network).forward(input).data, sums, 2e-5);
  });
});

describe('backward, without rounding', () => {
  test('the neurons return Σ δ · w', () => {
    const cells = tensor([activated]);
    const { input: gradient } = partOf([4], [neurons]).backward(cells, neuronDeltas);
    const sums = [0, 1, 2, 3].map((i) => 0.25 * weights.at(0, i) - 0.15 * weights.at(1, i));
    expectClose('gradient at the cells', gradient, sums, TOLERANCE);
  });

  test('the deltas before the sigmoid', () => {
    const { input: deltas } = partOf([1, 2, 2], network.slice(2)).backward(pooled, neuronDeltas);
    expectClose('deltas', deltas, exact.deltas, TOLERANCE);
  });

  test('the pooling routes them to the maxima', () => {
    const { input: deltas } = partOf([1, 4, 4], network.slice(1)).backward(map, neuronDeltas);
    expectClose('delta map', deltas, deltaMap(exact.deltas), TOLERANCE);
    expect([...deltas].filter((delta) => delta !== 0)).toHaveLength(4);
  });

  test('weight gradient, input gradient, and the error', () => {
    const gradients = partOf([1, 5, 5], network).backward(input, neuronDeltas);
    expectClose('weight gradient', gradients.kernel as Float32Array, exact.weightGradient, TOLERANCE);
    expectClose('input gradient', gradients.input, exact.inputGradient, TOLERANCE);
    expectClose('½ Σ (t − y)²', [gradients.loss], [(0.25 ** 2 + 0.15 ** 2) / 2], TOLERANCE);
  });

  test('bias gradient: the sum of the deltas', () => {
    const biased = conv2d({ filters: 1, kernelSize: 2, name: 'convolution' });
    const { parameters, kernel: weightGradient } = partOf([1, 5, 5], [biased, ...network.slice(1)]).backward(
      input,
      neuronDeltas,
    );
    expectClose('bias gradient', parameters.get('convolution.bias')?.data ?? [], exact.biasGradient, TOLERANCE);
    expectClose('weight gradient', weightGradient as Float32Array, exact.weightGradient, TOLERANCE);
  });
});

describe('backward, with the rounding of the paper', () => {
  const shape: Conv2dShape = {
    ...{ inChannels: 1, outChannels: 1, height: 5, width: 5, kernelHeight: 2, kernelWidth: 2, groups: 1 },
    ...{ strideY: 1, strideX: 1, dilationY: 1, dilationX: 1, padTop: 0, padLeft: 0, padBottom: 0, padRight: 0 },
  };
  const numbers = (...values: number[]) => Float64Array.from(values);
  // The numbers have two digits, so the rounding to float32 can be undone.
  const o = Float64Array.from(input.data, (x) => Math.round(100 * x) / 100);
  const w = Float64Array.from(weights.data, (x) => Math.round(100 * x) / 100);

  test('deltas of sigmoids of two digits, in float64', () => {
    const sums = reference.denseInputGradient({ inFeatures: 4, outFeatures: 2 }, 1, w, numbers(...neuronDeltas));
    const deltas = reference.sigmoidGradient(numbers(...rounded.activated), sums);
    expectClose('deltas', deltas, rounded.deltas, 1e-12);
  });

  describe.each([
    ['of these deltas', rounded],
    ['of deltas of four digits', roundedTwice],
  ])('weight gradient %s', (_, { deltas, weightGradient }) => {
    test('in float64', () => {
      const gradient = reference.conv2dWeightGradient(shape, 1, o, deltaMap(deltas));
      expectClose('weight gradient', gradient, weightGradient, 1e-12);
    });

    test('by the layer', () => {
      const { kernel: gradient } = partOf([1, 5, 5], [convolution]).backward(input, deltaMap(deltas));
      expectClose('weight gradient', gradient as Float32Array, weightGradient, TOLERANCE);
    });
  });
});

describe("SciPy's convolve2d(rot90(rot90(δ)), o, 'valid')", () => {
  test('is the weight gradient of the example', () => {
    const gradient = convolve2dValid(turned(deltaMap(exact.deltas)), input.data);
    expectClose('weight gradient', gradient, exact.weightGradient, TOLERANCE);
  });

  test('is the weight gradient of the layer for any deltas', () => {
    const deltas = randomTensor([1, 1, 4, 4], 'deltas').data;
    const { kernel: gradient } = partOf([1, 5, 5], [convolution]).backward(input, deltas);
    expectClose('weight gradient', gradient as Float32Array, convolve2dValid(turned(deltas), input.data), TOLERANCE);
    expectClose('correlation', correlate(input.data, deltas), convolve2dValid(turned(deltas), input.data), 1e-15);
  });
});

describe.each([
  ['a learner', learnerStep],
  ['a trainer with one worker', trainerStep(1)],
  ['a trainer with two workers', trainerStep(2)],
])('a step of %s', (_, takeStep) => {
  /** What a step with learning rate 1 subtracts from the parameters. */
  async function gradientsOf(
    layers: readonly Layer[],
    inputs: Tensor,
    parameters: ReadonlyMap<string, Tensor>,
    outputGradient: ArrayLike<number>,
  ) {
    const model = sequential({ input: inputs.shape.slice(1) }, layers);
    const after = await takeStep({ model, parameters, inputs, outputGradient, learningRate: 1 });
    return (name: string) => {
      const before = parameters.get(name)?.data as Float32Array;
      return before.map((w, i) => w - (after.parameters.get(name)?.data[i] as number));
    };
  }

  test('w ← w − η · ∂E/∂w', async () => {
    const step = { model: sequential({ input: [1, 5, 5] }, network), parameters: given, inputs: input };
    const update = { ...step, outputGradient: neuronDeltas, learningRate: 0.5 };
    const { outputs, parameters } = await takeStep(update);
    expect(outputs).toEqual(partOf([1, 5, 5], network).forward(input));
    expect({ outputs, parameters }, 'bits').toEqual(await learnerStep(update));
    const moved = Array.from(kernel.data, (w, i) => w - 0.5 * (exact.weightGradient[i] as number));
    expectClose('kernel', parameters.get('convolution.kernel')?.data ?? [], moved, TOLERANCE);
    const neuronsMoved = [0, 1].flatMap((h) =>
      activated.map((a, i) => weights.at(h, i) - 0.5 * (neuronDeltas[h] as number) * a),
    );
    expectClose('weights of the neurons', parameters.get('neurons.kernel')?.data ?? [], neuronsMoved, 5e-6);
  });

  test('with a bias', async () => {
    const biased = conv2d({ filters: 1, kernelSize: 2, name: 'convolution' });
    const parameters = new Map([...given, ['convolution.bias', zeros([1])]]);
    const gradientOf = await gradientsOf([biased, ...network.slice(1)], input, parameters, neuronDeltas);
    expectClose('bias', gradientOf('convolution.bias'), exact.biasGradient, TOLERANCE);
    expectClose('kernel', gradientOf('convolution.kernel'), exact.weightGradient, TOLERANCE);
  });

  test('with another convolution before it, which receives the input gradient', async () => {
    // Its kernel selects the upper left pixel, so its output is the input of the example, whatever surrounds it.
    const around = randomTensor([1, 1, 6, 6], 'around');
    for (let row = 0; row < 5; row++) {
      for (let column = 0; column < 5; column++) around.set(input.at(0, 0, row, column), 0, 0, row, column);
    }
    const front = conv2d({ filters: 1, kernelSize: 2, name: 'front' });
    const pick = tensor(Float32Array.of(1, 0, 0, 0), [1, 1, 2, 2]);
    const parameters = new Map([...given, ['front.kernel', pick], ['front.bias', zeros([1])]]);
    const gradientOf = await gradientsOf([front, ...network], around, parameters, neuronDeltas);
    const arriving = correlateFully(deltaMap(exact.deltas), turned(kernel.data));
    expectClose('input gradient', arriving, exact.inputGradient, 1e-8);
    expectClose('first kernel', gradientOf('front.kernel'), correlate(around.data, arriving), TOLERANCE);
    expectClose('first bias', gradientOf('front.bias'), [arriving.reduce((sum, g) => sum + g, 0)], TOLERANCE);
    expectClose('second kernel', gradientOf('convolution.kernel'), exact.weightGradient, TOLERANCE);
  });

  test('with the activation directly after the convolution', async () => {
    // The sigmoid is monotonic, so the maximum stays the maximum and all gradients are the same.
    const early = [convolution, sigmoid(), pooling, flatten(), neurons];
    const gradientOf = await gradientsOf(early, input, given, neuronDeltas);
    expectClose('kernel', gradientOf('convolution.kernel'), exact.weightGradient, TOLERANCE);
    // ReLU does not change positive values, and the maxima are positive.
    const rectified = [convolution, relu(), ...network.slice(1)];
    const rectifiedGradientOf = await gradientsOf(rectified, input, given, neuronDeltas);
    expectClose('kernel', rectifiedGradientOf('convolution.kernel'), exact.weightGradient, TOLERANCE);
  });

  test('with several samples, input channels and filters: ∂E/∂w[f][c][m][n] = Σ δ[f][i][j] · o[c][i+m][j+n]', async () => {
    const [samples, channels, filters] = [3, 2, 3];
    const o = randomTensor([samples, channels, 5, 5], 'o');
    const deltas = randomTensor([samples, filters, 4, 4], 'δ');
    const parameters = new Map([
      ['several.kernel', randomTensor([filters, channels, 2, 2], 'w')],
      ['several.bias', randomTensor([filters], 'b')],
    ]);
    const several = conv2d({ filters, kernelSize: 2, name: 'several' });
    const gradientOf = await gradientsOf([several], o, parameters, deltas.data);

    const weightGradient = new Float64Array(filters * channels * 4);
    const biasGradient = new Float64Array(filters);
    for (let sample = 0; sample < samples; sample++) {
      for (let f = 0; f < filters; f++) {
        const delta = planeOf(deltas, sample, f);
        add(biasGradient, f, [delta.reduce((sum, d) => sum + d, 0)]);
        for (let c = 0; c < channels; c++) {
          add(weightGradient, 4 * (channels * f + c), correlate(planeOf(o, sample, c), delta));
        }
      }
    }
    expectClose('kernel', gradientOf('several.kernel'), weightGradient, 2 * TOLERANCE);
    expectClose('bias', gradientOf('several.bias'), biasGradient, 2 * TOLERANCE);
  });
});

/** Numbers in (−1, 1), the same on every run. */
function randomTensor(shape: readonly number[], purpose: string): Tensor {
  const random = new RandomStream(0, purpose);
  const { data } = zeros(shape);
  return new Tensor(
    data.map((_, i) => 2 * random.uniform(i) - 1),
    shape,
  );
}

function add(sums: Float64Array, at: number, numbers: ArrayLike<number>): void {
  for (let i = 0; i < numbers.length; i++) sums[at + i] = (sums[at + i] as number) + (numbers[i] as number);
}
