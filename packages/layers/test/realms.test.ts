// Values of another realm, as node:vm, jest and other windows make them, are the same as those of this one.
import { runInNewContext } from 'node:vm';
import {
  accuracy,
  adam,
  conv2d,
  createLearner,
  defineLayer,
  dense,
  flatten,
  graph,
  relu,
  sequential,
  sgd,
  softmaxCrossEntropy,
  summary,
} from '@convoy/layers';
import { ConvoyError, full, Tensor, tensor } from '@convoy/tensor';
import { expect, test } from 'vitest';
import { expectConvoyError } from './expectations.ts';

/** The value of an expression in another realm, which gets these values as globals. */
const elsewhere = (expression: string, values: object = {}) => runInNewContext(expression, { ...values });

const model = sequential({ input: [1, 4, 4] }, [conv2d({ filters: 2, kernelSize: 3 }), flatten(), dense({ units: 2 })]);
const options = { model, loss: softmaxCrossEntropy(), optimizer: sgd({ learningRate: 0.5 }), batchSize: 8 };

test('typed arrays, arrays and options', () => {
  const data = elsewhere('new Float32Array([1, 2, 3, 4])');
  expect(data).not.toBeInstanceOf(Float32Array);
  expect(new Tensor(data, elsewhere('[2, 2]')).toArray()).toEqual([
    [1, 2],
    [3, 4],
  ]);
  expect(tensor(data).shape).toEqual([4]);
  expect(tensor(elsewhere('[[1, 2], [3, 4]]')).shape).toEqual([2, 2]);
  expect(conv2d(elsewhere('({ filters: 2, kernelSize: [3, 3] })'))).toEqual(conv2d({ filters: 2, kernelSize: 3 }));
  expect(softmaxCrossEntropy(elsewhere('({ classWeights: [1, 2] })')).settings).toMatchObject({ classWeights: [1, 2] });
  expect(adam(elsewhere('({ learningRate: (step) => 1 / (1 + step) })')).settings.learningRate).toBeTypeOf('function');
});

test('batches: inputs and targets', () => {
  const train = (inputs: Tensor, targets: ArrayLike<number>) => {
    const learner = createLearner(options);
    return [learner.train(inputs, targets), learner.parameters()];
  };
  const expected = train(full([2, 1, 4, 4], 0.5), Uint8Array.of(0, 1));
  const inputs = new Tensor(elsewhere('new Float32Array(32).fill(0.5)'), [2, 1, 4, 4]);
  for (const targets of ['[0, 1]', 'Uint8Array.of(0, 1)', 'new Float32Array([0, 1])']) {
    expect(train(inputs, elsewhere(targets))).toEqual(expected);
  }
});

test('models that are cloned, parsed or built in another realm', () => {
  const layers = { sequential, graph, conv2d, relu, flatten, dense };
  const built = elsewhere(
    'sequential({ input: [1, 4, 4] }, [conv2d({ filters: 2, kernelSize: 3 }), flatten(), dense({ units: 2 })])',
    layers,
  );
  const written = elsewhere(
    'graph({ input: [1, 4, 4] }, (x) => [x.to(conv2d({ filters: 2, kernelSize: 3 }), flatten(), dense({ units: 2 }))])',
    layers,
  );
  const parsed = elsewhere('JSON.parse(text)', { text: JSON.stringify(model) });
  for (const same of [built, written, parsed, structuredClone(model)]) {
    expect(summary(same)).toBe(summary(model));
    const learner = createLearner({ ...options, model: same, metrics: elsewhere('[metric]', { metric: accuracy() }) });
    expect(learner.parameters()).toEqual(createLearner(options).parameters());
  }
});

test('errors that a definition throws, and errors of another copy of the package', () => {
  const layerThatThrows = (error: unknown) =>
    defineLayer({
      type: 'throwing',
      settings: () => ({}),
      outputShape: () => {
        throw error;
      },
      reference: { forward: () => new Float64Array(), backward: () => ({ inputs: [], parameters: {} }) },
    })();
  const build = (error: unknown) => () => sequential({ input: [3] }, [layerThatThrows(error)]);
  const given = "layer 'throwing_1', whose definition threw RangeError: boom";
  expectConvoyError(build(elsewhere('new RangeError("boom")')), 'CONVOY_LAYER_FAILED', given);
  expectConvoyError(build(elsewhere('7')), 'CONVOY_LAYER_FAILED', 'whose definition threw 7');
  const {
    code,
    given: wrong,
    expected,
    fix,
    message,
  } = new ConvoyError('CONVOY_SHAPE_MISMATCH', {
    ...{ given: 'an input of shape [3]', expected: 'planes', fix: 'Reshape it.' },
  });
  const foreign = elsewhere(
    'Object.assign(new Error(message), { name: "ConvoyError", code, given: wrong, expected, fix })',
    {
      ...{ code, wrong, expected, fix, message },
    },
  );
  expect(foreign).not.toBeInstanceOf(ConvoyError);
  expectConvoyError(build(foreign), 'CONVOY_SHAPE_MISMATCH', "to layer 'throwing_1' an input of shape [3]");
});
