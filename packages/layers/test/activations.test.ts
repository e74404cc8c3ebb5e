// Activation layers in a model: fused into their neighbors, with NaN and large inputs, and with invalid options.
import {
  createLearner,
  elu,
  gelu,
  hardSigmoid,
  hardSwish,
  heNormal,
  type Layer,
  leakyRelu,
  meanSquaredError,
  prelu,
  relu,
  relu6,
  selu,
  sequential,
  sgd,
  sigmoid,
  silu,
  softmax,
  softplus,
  tanh,
} from '@convoy/layers';
import { describe, expect, test } from 'vitest';
import { activationOf } from '../src/layer.ts';
import { carry } from './carry.ts';
import { checkKernels } from './conformance.ts';
import { expectConvoyError } from './expectations.ts';
import { tensorOf } from './numbers.ts';

const fusible = [
  relu(),
  relu6(),
  sigmoid(),
  hardSigmoid(),
  tanh(),
  leakyRelu(),
  leakyRelu({ negativeSlope: 0 }),
  softplus({ beta: 2 }),
];
const others = [
  leakyRelu({ negativeSlope: -0.1 }),
  prelu(),
  elu({ alpha: 0.5 }),
  selu(),
  gelu(),
  silu(),
  hardSwish(),
  softmax(),
];

const titled = (layer: Layer) => ({ title: `${layer.type} ${JSON.stringify(layer.settings)}`, layer });

describe('neighbors fuse', () => {
  test.each(fusible.map(titled))('$title', ({ layer, title }) => {
    expect(activationOf(layer)?.name).toMatch(layer.type);
    const shapes = { input: [3, 5], output: [3, 5], parameters: {} };
    checkKernels({ title, layer, ...shapes }, { before: [carry()], after: [carry()] }, [13]);
  });

  test.each(others.map(titled))('no $title', ({ layer }) => expect(activationOf(layer)).toBeUndefined());
});

const outputsOf = (layer: Layer, x: readonly number[]): number[] => {
  const model = sequential({ input: [x.length] }, [layer]);
  const learner = createLearner({ model, loss: meanSquaredError(), optimizer: sgd({ learningRate: 0 }), batchSize: 8 });
  return Array.from(learner.predict(tensorOf(x, [1, x.length])).data);
};

test.each([...fusible, ...others].filter(({ type }) => type !== 'softmax').map(titled))(
  '$title returns NaN only where its input is NaN',
  ({ layer }) => {
    const [broken, ...rest] = outputsOf(layer, [Number.NaN, 1e4, -1e4, 1e30, -1e30, 0]);
    expect(broken).toBeNaN();
    expect(rest.every(Number.isFinite)).toBe(true);
  },
);

test('softmax of large numbers is finite; one NaN makes all its outputs NaN', () => {
  expect(outputsOf(softmax(), [1e4, 1e4, -1e4, -1e30])).toEqual([0.5, 0.5, 0, 0]);
  expect(outputsOf(softmax(), [0, Number.NaN, 1])).toEqual([Number.NaN, Number.NaN, Number.NaN]);
});

test('slopes of prelu start at ¼, or from the initializer', () => {
  expect(outputsOf(prelu(), [-4, 8])).toEqual([-1, 8]);
  const learner = createLearner({
    model: sequential({ input: [50] }, [prelu({ slopeInitializer: heNormal() })]),
    loss: meanSquaredError(),
    optimizer: sgd({ learningRate: 0 }),
    batchSize: 8,
  });
  const slopes = learner.parameters().get('prelu_1.slope')?.data ?? [];
  expect(new Set(slopes).size).toBe(50);
});

/** Options that TypeScript would reject. */
const loose = (options: object) => options as never;

test.each<[given: string, make: () => unknown]>([
  ['negativeSlope: NaN', () => leakyRelu({ negativeSlope: Number.NaN })],
  ['negativeSlope: "0.1"', () => leakyRelu(loose({ negativeSlope: '0.1' }))],
  ['alpha: 0', () => elu({ alpha: 0 })],
  ['alpha: -1', () => elu({ alpha: -1 })],
  ['alpha: 1e+39', () => elu({ alpha: 1e39 })],
  ['beta: 1e-46', () => softplus({ beta: 1e-46 })],
  ['negativeSlope: -1e+39', () => leakyRelu({ negativeSlope: -1e39 })],
  ['beta: 0', () => softplus({ beta: 0 })],
  ['beta: Infinity', () => softplus({ beta: Number.POSITIVE_INFINITY })],
  ['approximate: true', () => gelu(loose({ approximate: true }))],
  ['shared: 1', () => prelu(loose({ shared: 1 }))],
  ['slopeInitializer: 0.25', () => prelu(loose({ slopeInitializer: 0.25 }))],
])('%s', (given, make) => expectConvoyError(make, 'CONVOY_INVALID_OPTION', given));
