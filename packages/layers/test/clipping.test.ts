// Clipped gradients and averaged parameters: compares steps of a learner with float64, and the bits of one worker with those of several.
import * as reference from '@convoy/kernels/reference';
import { adam, dense, meanSquaredError, type Optimizer, sequential, sgd } from '@convoy/layers';
import { describe, expect, test } from 'vitest';
import { EngineGroup } from './engines.ts';
import { expectClose } from './expectations.ts';
import { randomNumbers } from './numbers.ts';
import { batch, inDoubles, learnerWith, takeSteps } from './steps.ts';

const RATE = 0.3;

/** Compares steps of a learner with plain gradient descent in float64 on clipped gradients. */
function expectSteps(
  optimizer: Optimizer,
  clip: (gradients: Map<string, Float64Array>) => Map<string, Float64Array>,
): void {
  const learner = learnerWith(optimizer);
  const w = inDoubles(learner.parameters());
  takeSteps(learner, 5, 27, (step, gradients) => {
    const clipped = clip(gradients);
    for (const [name, { data }] of learner.parameters()) {
      const gradient = clipped.get(name) as Float64Array;
      w.set(
        name,
        (w.get(name) as Float64Array).map((x, i) => x - RATE * (gradient[i] as number)),
      );
      expectClose(`'${name}' after step ${step}`, data, w.get(name) as Float64Array, 1e-6);
    }
  });
}

const each = (gradients: Map<string, Float64Array>, change: (gradient: Float64Array) => Float64Array) =>
  new Map([...gradients].map(([name, gradient]) => [name, change(gradient)]));
const byValue = (limit: number) => (gradients: Map<string, Float64Array>) =>
  each(gradients, (gradient) => reference.clipByValue(gradient, limit));
const byNorm = (limit: number) => (gradients: Map<string, Float64Array>) => {
  const scale = reference.globalNormScale(gradients.values(), limit);
  return each(gradients, (gradient) => gradient.map((g) => scale * g));
};

describe('gradients', () => {
  // Most gradients are beyond ± 0.02. Their global norm is 1 at first and 0.4 in the end.
  test('are clipped by value', () => {
    expectSteps(sgd({ learningRate: RATE, clipValue: 0.02 }), byValue(0.02));
    expectSteps(sgd({ learningRate: RATE, clipValue: 1000 }), (gradients) => gradients);
  });

  test('are clipped by their global norm', () => {
    expectSteps(sgd({ learningRate: RATE, globalClipNorm: 0.1 }), byNorm(0.1));
    expectSteps(sgd({ learningRate: RATE, globalClipNorm: 0.7 }), byNorm(0.7));
    expectSteps(sgd({ learningRate: RATE, globalClipNorm: 1000 }), (gradients) => gradients);
  });

  test('are clipped by value first, then by the norm of the clipped values', () => {
    const optimizer = sgd({ learningRate: RATE, clipValue: 0.02, globalClipNorm: 0.1 });
    expectSteps(optimizer, (gradients) => byNorm(0.1)(byValue(0.02)(gradients)));
  });

  test('that are not finite make the parameters NaN', () => {
    const learner = learnerWith(sgd({ learningRate: RATE, globalClipNorm: 1, clipValue: 1 }));
    const [inputs, targets] = batch(8, 0);
    inputs.data[0] = Number.NaN;
    learner.train(inputs, targets);
    for (const [, { data }] of learner.parameters()) expect(data.every(Number.isNaN)).toBe(true);
  });
});

describe('the average', () => {
  const initial = learnerWith(sgd({ learningRate: RATE })).parameters();

  test('starts from the initial parameters, or from parameters that are set before the first step', () => {
    const learner = learnerWith(sgd({ learningRate: RATE, averageDecay: 0.9 }));
    expect(learner.slot('average')).toEqual(initial);
    for (const [, { data }] of initial) data.fill(0.5);
    learner.setParameters(initial);
    expect(learner.slot('average')).toEqual(initial);
    learner.train(...batch(8, 0));
    const average = learner.slot('average');
    learner.setParameters(initial);
    expect(learner.slot('average')).toEqual(average);
  });

  test.each([
    ['sgd', sgd({ learningRate: RATE, momentum: 0.9, averageDecay: 0.8 })],
    ['adam with clips', adam({ averageDecay: 0.8, globalClipNorm: 0.1, clipValue: 0.02 })],
  ])('follows the parameters of %s, and does not change them', (_, optimizer) => {
    const learner = learnerWith(optimizer);
    const plain = learnerWith({ ...optimizer, settings: { ...optimizer.settings, averageDecay: undefined } });
    let averages = inDoubles(learner.parameters());
    takeSteps(learner, 5, 27, (step) => {
      plain.train(...batch(27, step));
      expect(learner.parameters()).toEqual(plain.parameters());
      const parameters = inDoubles(learner.parameters());
      averages = new Map(
        [...averages].map(([name, average]) => [
          name,
          reference.movingAverage(average, parameters.get(name) as Float64Array, 0.8),
        ]),
      );
      for (const [name, { data }] of learner.slot('average')) {
        expectClose(`the average of '${name}' after step ${step}`, data, averages.get(name) as Float64Array, 1e-6);
      }
    });
  });

  test('keeps its bits if the parameters do not change', () => {
    const learner = learnerWith(adam({ learningRate: 0, averageDecay: 0.999 }));
    takeSteps(learner, 5, 27, () => {});
    expect(learner.slot('average')).toEqual(learner.parameters());
  });
});

describe('the update of a plan', () => {
  const SHARDS = 3;
  const model = sequential({ input: [70] }, [dense({ units: 60 }), dense({ units: 3 })]);

  /** The bits of the state after a step on random gradients, with a slice for each of `workers`. */
  function nextState(optimizer: Optimizer, workers: number): Int32Array {
    const group = new EngineGroup({ model, loss: meanSquaredError(), optimizer, batchSize: 8 * SHARDS });
    const { plan, layout, floats } = group;
    floats.set(randomNumbers(plan.parameterFloats, 'parameters'), layout.states[0] / 4);
    group.state.startSlots();
    floats.set(randomNumbers(SHARDS * plan.parameterFloats, 'gradients'), layout.gradients / 4);
    group.enterStep();
    group.finishStep(SHARDS, workers);
    return group.stateBits();
  }

  test.each([
    ['without clips', {}],
    ['with a clip by value', { clipValue: 0.5 }],
    ['with a clip by the global norm', { globalClipNorm: 1 }],
    ['with everything', { clipValue: 0.5, globalClipNorm: 1, averageDecay: 0.9 }],
  ])('%s has the same bits for any number of workers', (_, options) => {
    const optimizer = sgd({ learningRate: 0.1, ...options });
    const whole = nextState(optimizer, 1);
    expect(whole.some((bits) => bits !== 0)).toBe(true);
    for (const workers of [2, 3, 7, 100]) expect(nextState(optimizer, workers)).toEqual(whole);
  });

  test('has the same bits with clips that are never reached', () => {
    const bitsWith = (options: object) => nextState(sgd({ learningRate: 0.1, ...options }), 1);
    expect(bitsWith({ globalClipNorm: 1e6, clipValue: 1e6 })).toEqual(bitsWith({}));
    expect(bitsWith({ globalClipNorm: 1 })).not.toEqual(bitsWith({}));
  });
});
