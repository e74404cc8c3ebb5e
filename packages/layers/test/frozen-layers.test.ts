// Frozen layers: which of their gradients a plan computes.
import {
  adam,
  adamW,
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
import { callsOf, compilePlan } from '@convoy/layers/compile';
import { describe, expect, test } from 'vitest';
import { roundabout } from './roundabout.ts';
import { batch, learnerWith, takeSteps } from './steps.ts';

describe('frozen layers', () => {
  const loss = meanSquaredError();
  const optimizer = sgd({ learningRate: 0.1 });
  /** The layers of the calls of backward, each with the number of its calls, and of those that accumulate in later blocks. */
  const backwardOf = (layers: readonly Layer[], inputGradient = false) => {
    const plan = compilePlan(sequential({ input: [2, 6, 6] }, layers), { loss, optimizer, inputGradient });
    const counts = new Map<string, [calls: number, accumulating: number]>();
    for (const { layer, kernel, laterKernel } of callsOf(plan, 'backward')) {
      const [calls, accumulating] = counts.get(layer) ?? [0, 0];
      counts.set(layer, [calls + 1, accumulating + (kernel === laterKernel ? 0 : 1)]);
    }
    return [...counts].map(([layer, [calls, accumulating]]) => [layer, calls, accumulating]);
  };
  const convolution = (options: LayerOptions) => conv2d({ filters: 2, kernelSize: 3, ...options });
  const head = (options: LayerOptions) => dense({ units: 3, ...options });
  const frozen = { frozen: true };

  test('at the beginning end backward', () => {
    const layers = [convolution(frozen), relu(), convolution(frozen), prelu(frozen), flatten(), head({})];
    // The gradients of kernel and bias.
    expect(backwardOf(layers)).toEqual([['dense_1', 2, 2]]);
  });

  test('in the middle compute their input gradient only', () => {
    const trained = backwardOf([convolution({}), prelu(), convolution({}), flatten(), head({})]);
    expect(trained).toEqual([
      ['dense_1', 3, 2],
      ['conv2d_2', 3, 2],
      ['prelu_1', 2, 1],
      ['conv2d_1', 2, 2],
    ]);
    const some = backwardOf([convolution({}), prelu(frozen), convolution(frozen), flatten(), head(frozen)]);
    expect(some).toEqual([
      ['dense_1', 1, 0],
      ['conv2d_2', 1, 0],
      ['prelu_1', 1, 0],
      ['conv2d_1', 2, 2],
    ]);
  });

  test('everywhere need no backward, unless the input gradient of the model is requested', () => {
    const layers = [convolution(frozen), flatten(), head(frozen)];
    expect(backwardOf(layers)).toEqual([]);
    expect(backwardOf(layers, true)).toEqual([
      ['dense_1', 1, 0],
      ['conv2d_1', 1, 0],
    ]);
  });

  test('keep the calls that their input gradient needs, and drop the others with their scratch memory', () => {
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
    expect(backwardOf([flatten(), head({}), roundabout({})])[0]).toEqual(['roundabout_1', 4, 0]);
    expect(backwardOf([flatten(), head({}), roundabout(frozen)])[0]).toEqual(['roundabout_1', 2, 0]);
  });

  test.each([{}, { globalClipNorm: 1 }])('everywhere stay unchanged by a step with %j', (options) => {
    const all = sequential({ input: [6] }, [dense({ units: 4, ...frozen }), tanh(), dense({ units: 3, ...frozen })]);
    const learner = learnerWith(adamW({ weightDecay: 0.5, ...options }), 16, all);
    const before = learner.parameters();
    takeSteps(learner, 3, 13, () => {});
    expect(learner.parameters()).toEqual(before);
  });

  test('take the parameters that are set', () => {
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
