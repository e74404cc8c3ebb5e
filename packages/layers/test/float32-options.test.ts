// Numbers that kernels get as float32: finite in float64, but infinite, 0 or 1 as float32.
import {
  absoluteError,
  adam,
  adamW,
  batchNorm2d,
  binaryAccuracy,
  constantInitializer,
  constantSchedule,
  cosineDecay,
  createLearner,
  dense,
  dropout,
  groupNorm,
  huber,
  layerNorm,
  meanSquaredError,
  normalInitializer,
  oneCycle,
  orthogonalInitializer,
  piecewiseConstant,
  relu,
  rmsprop,
  sequential,
  sgd,
  sigmoidBinaryCrossEntropy,
  softmaxCrossEntropy,
  truncatedNormalInitializer,
  uniformInitializer,
  weighted,
} from '@convoy/layers';
import { describe, expect, test } from 'vitest';
import { expectConvoyError } from './expectations.ts';

const HUGE = 1e39;
const TINY = 1e-46;
const ALMOST_ONE = 1 - 1e-9;

test.each<[given: string, describeIt: () => unknown]>([
  ['learningRate: 1e+39, which is Infinity', () => sgd({ learningRate: HUGE })],
  ['weightDecay: 1e+39', () => sgd({ learningRate: 1, weightDecay: HUGE })],
  ['weightDecay: 1e+39', () => adam({ weightDecay: HUGE })],
  ['weightDecay: 1e+39', () => adamW({ weightDecay: HUGE })],
  ['weightDecay: 1e+39', () => rmsprop({ weightDecay: HUGE })],
  ['epsilon: 1e+39', () => adam({ epsilon: HUGE })],
  ['epsilon: 1e+39', () => rmsprop({ epsilon: HUGE })],
  ['clipValue: 1e+39', () => adam({ clipValue: HUGE })],
  ['clipValue: 1e-46, which is 0', () => adam({ clipValue: TINY })],
  ['globalClipNorm: 1e-46', () => adam({ globalClipNorm: TINY })],
  ['momentum: 0.999999999, which is 1', () => sgd({ learningRate: 1, momentum: ALMOST_ONE })],
  ['momentum: 0.999999999', () => rmsprop({ momentum: ALMOST_ONE })],
  ['rho: 0.999999999', () => rmsprop({ rho: ALMOST_ONE })],
  ['beta2: 0.999999999', () => adam({ beta2: ALMOST_ONE })],
  ['learningRateFactor: 1e+39', () => relu({ learningRateFactor: HUGE })],
  ['epsilon: 1e-46', () => batchNorm2d({ epsilon: TINY })],
  ['epsilon: 1e-46', () => groupNorm({ groups: 1, epsilon: TINY })],
  ['epsilon: 1e+39', () => layerNorm({ epsilon: HUGE })],
  ['rate: 0.999999999', () => dropout({ rate: ALMOST_ONE })],
  ['delta: 1e-46', () => huber({ delta: TINY })],
  ['delta: 1e+39', () => huber({ delta: HUGE })],
  ['positiveWeight: 1e+39', () => sigmoidBinaryCrossEntropy({ positiveWeight: HUGE })],
  ['positiveWeight: 1e-46', () => sigmoidBinaryCrossEntropy({ positiveWeight: TINY })],
  ['classWeights[1]: 1e+39', () => softmaxCrossEntropy({ classWeights: [1, HUGE] })],
  ['threshold: 0.999999999', () => binaryAccuracy({ threshold: ALMOST_ONE })],
  ['threshold: 1e-46', () => binaryAccuracy({ threshold: TINY })],
  ['weight: 1e+39', () => weighted(huber(), HUGE)],
  ['the product of the weights: 1e+40', () => weighted(weighted(huber(), 1e20), 1e20)],
  ['value: 1e+39', () => constantInitializer(HUGE)],
  ['mean: 1e+39', () => normalInitializer({ mean: HUGE, deviation: 1 })],
  ['deviation: 1e-46', () => truncatedNormalInitializer({ deviation: TINY })],
  ['limit: 1e+39', () => uniformInitializer({ limit: HUGE })],
  ['max: 1e+39', () => uniformInitializer({ min: 0, max: HUGE })],
  ['gain: 1e+39', () => orthogonalInitializer({ gain: HUGE })],
  ['learningRate: 1e+39', () => constantSchedule({ learningRate: HUGE })],
  ['initialLearningRate: 1e+39', () => cosineDecay({ initialLearningRate: HUGE, decaySteps: 5 })],
  ['maxLearningRate: 1e+39', () => oneCycle({ maxLearningRate: HUGE, totalSteps: 5 })],
  ['learningRates[0]: 1e+39', () => piecewiseConstant({ boundaries: [], learningRates: [HUGE] })],
])('%s', (given, describeIt) => expectConvoyError(describeIt, 'CONVOY_INVALID_OPTION', given));

describe('numbers at the limits', () => {
  test('are accepted', () => {
    const greatest = 2 ** 128 - 2 ** 104;
    expect(sgd({ learningRate: greatest, weightDecay: greatest }).settings.learningRate).toBe(greatest);
    expect(batchNorm2d({ epsilon: 2 ** -149 }).settings).toMatchObject({ epsilon: 2 ** -149 });
    expect(adam({ averageDecay: ALMOST_ONE }).settings.averageDecay).toBe(ALMOST_ONE);
    expect(dropout({ rate: 1 - 2 ** -24 }).settings).toEqual({ rate: 1 - 2 ** -24 });
    expect(weighted(huber(), 0).weight).toBe(0);
  });

  test('a deviation for which some numbers overflow is rejected when parameters start', () => {
    const model = sequential({ input: [64] }, [
      dense({ units: 64, kernelInitializer: normalInitializer({ deviation: 3e38 }) }),
    ]);
    const create = () =>
      createLearner({
        ...{ model, loss: meanSquaredError(), optimizer: sgd({ learningRate: 1 }), batchSize: 1 },
        metrics: [absoluteError()],
      });
    expectConvoyError(create, 'CONVOY_NOT_FINITE', 'the initializer normal, which starts dense_1.kernel with ');
  });
});
