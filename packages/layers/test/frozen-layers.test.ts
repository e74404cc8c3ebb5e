// Frozen layers: what a plan computes for them, and what it does not.
import {
  adam,
  adamW,
  callsOf,
  compilePlan,
  conv2d,
  dense,
  flatten,
  type Layer,
  type LayerOptions,
  meanSquaredError,
  prelu,
  relu,
  sequential,
  sgd,
  tanh,
} from '@convoy/layers';
import { describe, expect, test } from 'vitest';
import { roundabout } from './roundabout.ts';
import { batch, learnerWith, takeSteps } from './steps.ts';

describe('frozen layers', () => {
  const loss = meanSquaredError();
  const optimizer = sgd({ learningRate: 0.1 });
  /** The layers of the calls that go back, each with the number of its calls for the first block of a shard and for later ones. */
  const backwardOf = (layers: readonly Layer[], inputGradient = false): [layer: string, calls: number][] => {
    const plan = compilePlan(sequential({ input: [2, 6, 6] }, layers), { loss, optimizer, inputGradient });
    const counts = new Map<string, number>();
    for (const { layer } of callsOf(plan, 'backward')) counts.set(layer, (counts.get(layer) ?? 0) + 1);
    return [...counts];
  };
  const convolution = (options: LayerOptions) => conv2d({ filters: 2, kernelSize: 3, ...options });
  const head = (options: LayerOptions) => dense({ units: 3, ...options });
  const frozen = { frozen: true };

  test('at the beginning end the way back', () => {
    const layers = [convolution(frozen), relu(), convolution(frozen), prelu(frozen), flatten(), head({})];
    // The gradients of kernel and bias, each for the first block and for later ones.
    expect(backwardOf(layers)).toEqual([['dense_1', 4]]);
  });

  test('in the middle pass the gradient on, and compute none for themselves', () => {
    const trained = backwardOf([convolution({}), prelu(), convolution({}), flatten(), head({})]);
    expect(trained).toEqual([
      ['dense_1', 6],
      ['conv2d_2', 6],
      ['prelu_1', 4],
      ['conv2d_1', 4],
    ]);
    const some = backwardOf([convolution({}), prelu(frozen), convolution(frozen), flatten(), head(frozen)]);
    expect(some).toEqual([
      ['dense_1', 2],
      ['conv2d_2', 2],
      ['prelu_1', 2],
      ['conv2d_1', 4],
    ]);
  });

  test('everywhere leave nothing to go back for, unless the gradient at the input is asked for', () => {
    const layers = [convolution(frozen), flatten(), head(frozen)];
    expect(backwardOf(layers)).toEqual([]);
    expect(backwardOf(layers, true)).toEqual([
      ['dense_1', 2],
      ['conv2d_1', 2],
    ]);
  });

  test('keep what their other gradients need, and scratch for it', () => {
    const gradientsWith = (options: LayerOptions) => {
      const of = sequential({ input: [6] }, [dense({ units: 3 }), roundabout(options)]);
      const learner = learnerWith(optimizer, 256, of);
      return learner.gradients(...batch(256, 0));
    };
    const { inputs, parameters } = gradientsWith({});
    expect(parameters.get('roundabout_1.b')?.data).not.toEqual(Float32Array.of(0));
    const some = gradientsWith(frozen);
    expect(some.inputs).toEqual(inputs);
    expect(some.parameters.get('dense_1.kernel')).toEqual(parameters.get('dense_1.kernel'));
    expect([...some.parameters.keys()]).toEqual(['dense_1.kernel', 'dense_1.bias']);
    expect(backwardOf([flatten(), head({}), roundabout({})])[0]).toEqual(['roundabout_1', 8]);
    expect(backwardOf([flatten(), head({}), roundabout(frozen)])[0]).toEqual(['roundabout_1', 4]);
  });

  test.each([{}, { globalClipNorm: 1 }])('everywhere change nothing in a step with %j', (options) => {
    const all = sequential({ input: [6] }, [dense({ units: 4, ...frozen }), tanh(), dense({ units: 3, ...frozen })]);
    const learner = learnerWith(adamW({ weightDecay: 0.5, ...options }), 16, all);
    const before = learner.parameters();
    takeSteps(learner, 3, 13, () => {});
    expect(learner.parameters()).toEqual(before);
  });

  test('take what is set', () => {
    const model = sequential({ input: [6] }, [
      dense({ units: 4, name: 'frozen', ...frozen }),
      dense({ units: 3, name: 'usual' }),
    ]);
    const learner = learnerWith(adam(), 16, model);
    const set = learner.parameters();
    for (const { data } of set.values()) data.fill(0.125);
    learner.setParameters(set);
    learner.train(...batch(13, 0));
    expect(learner.parameters().get('frozen.kernel')).toEqual(set.get('frozen.kernel'));
    expect(learner.parameters().get('usual.kernel')).not.toEqual(set.get('usual.kernel'));
  });
});
