// A learner: its bits, and the data that it rejects.
import { runInNewContext } from 'node:vm';
import {
  accuracy,
  conv2d,
  createLearner,
  dense,
  flatten,
  type LearnerOptions,
  lenet5,
  maxPool2d,
  meanSquaredError,
  relu,
  sequential,
  sgd,
  softmaxCrossEntropy,
} from '@convoy/layers';
import { sizeOf, type Tensor, zeros } from '@convoy/tensor';
import { describeValue } from '@convoy/tensor/errors';
import { describe, expect, test } from 'vitest';
import { expectConvoyError } from './expectations.ts';
import { randomNumbers, tensorOf } from './numbers.ts';

const classifier = sequential({ input: [1, 8, 8] }, [
  conv2d({ filters: 3, kernelSize: 3 }),
  relu(),
  maxPool2d({ size: 2 }),
  flatten(),
  dense({ units: 4 }),
]);
const options: LearnerOptions = {
  model: classifier,
  loss: softmaxCrossEntropy(),
  optimizer: sgd({ learningRate: 0.1, momentum: 0.9 }),
  batchSize: 64,
  seed: 5,
};

const inputsOf = (samples: number, purpose = 'inputs'): Tensor =>
  tensorOf(randomNumbers(samples * sizeOf(classifier.input), purpose), [samples, ...classifier.input]);
const labelsOf = (samples: number) => Array.from({ length: samples }, (_, i) => (i * 7) % 4);

const BATCHES = [64, 64, 30];

/** The parameters after some batches. `between` is called before each of them. */
function trained(
  changes: Partial<LearnerOptions>,
  between: (learner: ReturnType<typeof createLearner>) => void = () => {},
) {
  const learner = createLearner({ ...options, ...changes });
  for (const [i, samples] of BATCHES.entries()) {
    between(learner);
    learner.train(inputsOf(samples, `batch ${i}`), labelsOf(samples));
  }
  return learner.parameters();
}

describe('the bits of the parameters', () => {
  const expected = trained({});

  test('are the same in every run, and different with another seed', () => {
    expect(trained({})).toEqual(expected);
    expect(trained({ seed: 6 })).not.toEqual(expected);
  });

  test('do not depend on predictions and gradients that are computed between steps', () => {
    const busy = trained({}, (learner) => {
      learner.predict(inputsOf(11));
      learner.gradients(inputsOf(64, 'others'), labelsOf(64));
      learner.setParameters(learner.parameters());
    });
    expect(busy).toEqual(expected);
  });

  test('do not depend on metrics', () => expect(trained({ metrics: [accuracy()] })).toEqual(expected));

  test('do not depend on batchSize, as long as shards have the same number of blocks', () => {
    expect(trained({ batchSize: 128 })).toEqual(expected);
  });

  test('do not depend on whether the model was posted', () => {
    expect(trained(structuredClone(options))).toEqual(expected);
  });

  test('do not depend on the kind of array that holds the labels', () => {
    const learner = createLearner(options);
    for (const [i, samples] of BATCHES.entries()) {
      learner.train(inputsOf(samples, `batch ${i}`), Uint8Array.from(labelsOf(samples)));
    }
    expect(learner.parameters()).toEqual(expected);
  });
});

describe('predict', () => {
  test('takes any number of samples, and computes each independently of the others', () => {
    const learner = createLearner({ ...options, batchSize: 8 });
    const inputs = inputsOf(77);
    const all = learner.predict(inputs);
    expect(all.shape).toEqual([77, 4]);
    for (const sample of [0, 7, 8, 76]) {
      expect(learner.predict(inputs.slice(sample, sample + 1)).data).toEqual(all.slice(sample, sample + 1).data);
    }
  });
});

describe('gradients', () => {
  test('of a batch are the means of the gradients of its samples', () => {
    const learner = createLearner(options);
    const inputs = inputsOf(3);
    const whole = learner.gradients(inputs, [1, 2, 3]);
    const single = [0, 1, 2].map((i) => learner.gradients(inputs.slice(i, i + 1), [i + 1]));
    expect(whole.inputs.shape).toEqual(inputs.shape);
    for (const [name, { data }] of whole.parameters) {
      data.forEach((gradient, i) => {
        const sum = single.reduce((total, { parameters }) => total + (parameters.get(name)?.data[i] as number), 0);
        expect(gradient, `${name}, index ${i}`).toBeCloseTo(sum / 3, 6);
      });
    }
    expect(learner.step).toBe(0);
  });
});

test('lanes without a sample keep no numbers that are not finite', () => {
  const model = sequential({ input: classifier.input }, [flatten(), dense({ units: 4 })]);
  const learner = createLearner({ ...options, model });
  const infinite = inputsOf(8);
  infinite.data.fill(Number.POSITIVE_INFINITY);
  learner.gradients(infinite, labelsOf(8));
  const expected = createLearner({ ...options, model }).gradients(inputsOf(3), labelsOf(3));
  expect(learner.gradients(inputsOf(3), labelsOf(3))).toEqual(expected);
});

describe('parameters', () => {
  test('are copies', () => {
    const learner = createLearner(options);
    const first = learner.parameters();
    first.get('dense_1.bias')?.data.fill(9);
    expect(learner.parameters().get('dense_1.bias')?.data).toEqual(new Float32Array(4));
  });

  test('can be set one by one, before and after a step', () => {
    const learner = createLearner(options);
    const bias = tensorOf([1, 2, 3, 4], [4]);
    for (let step = 0; step < 2; step++) {
      const before = learner.parameters();
      learner.setParameters([['dense_1.bias', bias]]);
      expect(learner.parameters()).toEqual(before.set('dense_1.bias', bias));
      learner.train(inputsOf(8), labelsOf(8));
    }
  });

  test('all stay unchanged if one of those to set is wrong', () => {
    const learner = createLearner(options);
    const before = learner.parameters();
    const bias = tensorOf([1, 2, 3, 4], [4]);
    expectConvoyError(
      () =>
        learner.setParameters([
          ['dense_1.bias', bias],
          ['dense_1.kernel', bias],
        ]),
      'CONVOY_SHAPE_MISMATCH',
      "'dense_1.kernel' of shape [4]",
    );
    expectConvoyError(
      () =>
        learner.setParameters(
          new Map([
            ['dense_1.bias', bias],
            ['dense_2.bias', bias],
          ]),
        ),
      'CONVOY_UNKNOWN_NAME',
      "the parameter 'dense_2.bias'",
    );
    expect(learner.parameters()).toEqual(before);
  });
});

describe('setParameters', () => {
  const learner = createLearner(options);
  const bias = tensorOf([1, 2, 3, 4], [4]);
  const set = (parameters: unknown) => () => learner.setParameters(parameters as never);

  test('takes a Map, the pairs of an object, and maps and arrays of another realm', () => {
    const { setter } = runInNewContext(
      '({ setter: (learner, bias) => learner.setParameters(new Map([["dense_1.bias", bias]])) })',
    );
    for (const assign of [
      set(new Map([['dense_1.bias', bias]])),
      set(Object.entries({ 'dense_1.bias': bias })),
      () => setter(learner, bias),
    ]) {
      learner.setParameters([['dense_1.bias', zeros([4])]]);
      assign();
      expect(learner.parameters().get('dense_1.bias')).toEqual(bias);
    }
  });

  test.each<[given: string, parameters: unknown]>([
    ['an object (Object) as parameters', { 'dense_1.bias': bias }],
    ['undefined as parameters', undefined],
    ['"dense_1.bias" as parameters', 'dense_1.bias'],
    ['"dense_1.bias" as parameters', ['dense_1.bias']],
    ['["dense_1.bias"] as parameters', [['dense_1.bias']]],
    ["a Float32Array of 4 as the parameter 'dense_1.bias'", [['dense_1.bias', new Float32Array(4)]]],
    ["null as the parameter 'dense_1.bias'", new Map([['dense_1.bias', null]])],
  ])('rejects %s', (given, parameters) => {
    const before = learner.parameters();
    expectConvoyError(set(parameters), 'CONVOY_INVALID_DATA', given);
    expect(learner.parameters()).toEqual(before);
  });

  test('rejects names that are no texts', () => {
    expectConvoyError(set([[7, bias]]), 'CONVOY_UNKNOWN_NAME', 'the parameter 7');
    expectConvoyError(() => learner.slot(null as never), 'CONVOY_UNKNOWN_NAME', 'the slot null');
  });
});

describe('accumulate', () => {
  test('gives the bits of a batch of batchSize · accumulate samples', () => {
    expect(trained({ batchSize: 16, accumulate: 4 })).toEqual(trained({}));
    const train = () => createLearner({ ...options, accumulate: 2 }).train(inputsOf(129), labelsOf(129));
    expectConvoyError(train, 'CONVOY_INVALID_DATA', 'a batch of 129 samples');
  });
});

test('maxShards decides on the bits', () => {
  // One shard of 8 blocks and 8 shards of one block are summed in the same order; two shards of 4 blocks are not.
  expect(trained({ maxShards: 1 })).toEqual(trained({}));
  expect(trained({ maxShards: 2 })).not.toEqual(trained({}));
});

describe('options', () => {
  test.each<[given: string, changes: object]>([
    ['accumulate: 0', { accumulate: 0 }],
    ['batchSize: 65536 with accumulate: 65536', { batchSize: 65_536, accumulate: 65_536 }],
    ['maxShards: 1025', { maxShards: 1025 }],
    ['model: undefined', { model: undefined }],
    ['model: a function', { model: lenet5 }],
    ['model: an object (Object), which has no input shape', { model: {} }],
    ['model: an object (Object), which has a layer 0 that is no object', { model: { ...classifier, layers: [7] } }],
    [
      'model: an object (Object), which has a layer 1 that is not connected to layers before it',
      { model: { ...classifier, layers: [...classifier.layers.slice(0, 1), ...classifier.layers.slice(2)] } },
    ],
    ['model: an object (Object), which has an output that no layer makes', { model: { ...classifier, outputs: [5] } }],
    ['loss: a function', { loss: softmaxCrossEntropy }],
    ['loss[1]: null', { loss: [softmaxCrossEntropy(), null] }],
    ['loss.weight: -1', { loss: { ...softmaxCrossEntropy(), weight: -1 } }],
    ['optimizer: "sgd"', { optimizer: 'sgd' }],
    ['metrics: an object (Object)', { metrics: accuracy() }],
    ['metrics[0]: a function', { metrics: [accuracy] }],
    ['metrics with two scores named "accuracy"', { metrics: [accuracy(), accuracy()] }],
    ['metrics with two scores named "loss"', { metrics: [{ ...accuracy(), name: 'loss' }] }],
  ])('rejects %s', (given, changes) => {
    expectConvoyError(
      () => createLearner({ ...options, ...changes } as LearnerOptions),
      'CONVOY_INVALID_OPTION',
      given,
    );
  });

  test.each([0, -8, 2.5, Number.NaN, '64'])('rejects batchSize: %j', (batchSize) => {
    const create = () => createLearner({ ...options, batchSize: batchSize as number });
    expectConvoyError(create, 'CONVOY_INVALID_OPTION', 'batchSize: ');
  });

  test.each([-1, 0.5])('rejects seed: %j', (seed) => {
    expectConvoyError(() => createLearner({ ...options, seed }), 'CONVOY_INVALID_OPTION', `seed: ${seed}`);
  });

  test('rejects a model that is too large for any memory', () => {
    const model = sequential({ input: [30_000] }, [dense({ units: 30_000 })]);
    expectConvoyError(() => createLearner({ ...options, model }), 'CONVOY_OUT_OF_MEMORY', 'a model that needs');
  });
});

describe('data', () => {
  const learner = createLearner(options);
  const numbers = createLearner({ ...options, loss: meanSquaredError() });

  test.each<[given: string, inputs: Tensor]>([
    ['the inputs of shape [8, 64]', zeros([8, 64])],
    ['the inputs of shape [1, 8, 8]', zeros([1, 8, 8])],
    ['the inputs of shape [0, 1, 8, 8]', zeros([0, 1, 8, 8])],
    ['the inputs of shape [8, 1, 8, 9]', zeros([8, 1, 8, 9])],
    ['the inputs of shape []', zeros([])],
  ])('rejects %s', (given, inputs) => {
    expectConvoyError(() => learner.predict(inputs), 'CONVOY_SHAPE_MISMATCH', given);
    expectConvoyError(() => learner.train(inputs, []), 'CONVOY_SHAPE_MISMATCH', given);
    expectConvoyError(() => learner.gradients(inputs, []), 'CONVOY_SHAPE_MISMATCH', given);
  });

  test('says that the batch dimension is missing', () => {
    const predict = () => learner.predict(zeros([1, 8, 8]));
    expect(predict).toThrow(
      'Given the inputs of shape [1, 8, 8]; expected one sample or more of shape [1, 8, 8]: [N, 1, 8, 8]. ' +
        'The batch dimension is missing. For one sample, pass inputs.reshape([1, 1, 8, 8]).',
    );
    expect(learner.predict(zeros([1, 8, 8]).reshape([1, 1, 8, 8])).shape).toEqual([1, 4]);
  });

  test.each<[given: string, inputs: unknown, targets: unknown]>([
    ['undefined as inputs', undefined, [0]],
    ['a Float32Array of 64 as inputs', new Float32Array(64), [0]],
    ['an object (Object) as inputs', structuredClone(zeros([1, 1, 8, 8])), [0]],
    ['undefined as targets', zeros([1, 1, 8, 8]), undefined],
    ['3 as targets', zeros([1, 1, 8, 8]), 3],
    ['"0" as targets', zeros([1, 1, 8, 8]), '0'],
    ['an object (Map) as targets', zeros([1, 1, 8, 8]), new Map()],
  ])('rejects %s', (given, inputs, targets) => {
    expectConvoyError(() => learner.train(inputs as Tensor, targets as never), 'CONVOY_INVALID_DATA', given);
    expectConvoyError(() => learner.gradients(inputs as Tensor, targets as never), 'CONVOY_INVALID_DATA', given);
  });

  test.each<[given: string, targets: unknown]>([
    ['"1" as number 2 of the targets', [0, 1, '1', 0]],
    ['undefined as number 0 of the targets', [undefined, 1, 1, 0]],
    ['a BigInt64Array of 4 as targets', new BigInt64Array(4)],
  ])('rejects values that are no numbers: %s', (given, targets) => {
    const train = () => numbers.train(zeros([1, 1, 8, 8]), targets as never);
    expectConvoyError(train, 'CONVOY_INVALID_DATA', given);
  });

  const hole = [0, 0];
  delete hole[1];
  const wrongLabels = [undefined, null, '', '1', true, 1n].map((wrong) => [0, wrong]);
  test.each([...wrongLabels, hole])('rejects the labels %o, %o', (...labels) => {
    const train = () => learner.train(zeros([2, 1, 8, 8]), labels as never);
    expectConvoyError(train, 'CONVOY_INVALID_LABEL', `the label ${describeValue(labels[1])} of sample 1`);
  });

  test('rejects a batch larger than batchSize', () => {
    const train = () => learner.train(inputsOf(65), labelsOf(65));
    expectConvoyError(train, 'CONVOY_INVALID_DATA', 'a batch of 65 samples');
  });

  test.each([
    [7, '7 numbers as targets for 8 samples'],
    [9, '9 numbers as targets for 8 samples'],
  ])('rejects %i labels for 8 samples', (count, given) => {
    expectConvoyError(() => learner.train(inputsOf(8), labelsOf(count)), 'CONVOY_SHAPE_MISMATCH', given);
  });

  test('rejects values of another shape than the outputs', () => {
    expectConvoyError(
      () => numbers.train(inputsOf(8), zeros([8, 3])),
      'CONVOY_SHAPE_MISMATCH',
      'targets of shape [8, 3] for 8 samples',
    );
  });

  test.each([-1, 4, 0.5, Number.NaN])('rejects the label %d', (label) => {
    const train = () => learner.train(inputsOf(3), [0, 1, label]);
    expectConvoyError(train, 'CONVOY_INVALID_LABEL', `the label ${label} of sample 2`);
  });

  test('that are rejected change nothing', () => {
    const fresh = createLearner(options);
    const before = fresh.parameters();
    expect(() => fresh.train(inputsOf(3), [0, 1, 4])).toThrow();
    expect(fresh.parameters()).toEqual(before);
    expect(fresh.step).toBe(0);
  });
});

test('lenet5 learns to distinguish left from right', () => {
  const samples = 64;
  const inputs = zeros([samples, 1, 28, 28]);
  const labels = Uint8Array.from({ length: samples }, (_, i) => i % 2);
  for (let sample = 0; sample < samples; sample++) {
    for (let row = 4; row < 24; row++) inputs.set(1, sample, 0, row, 3 + (sample % 5) + 14 * (sample % 2));
  }
  const model = lenet5();
  const optimizer = sgd({ learningRate: 0.05, momentum: 0.9 });
  const learner = createLearner({ ...options, model, optimizer, metrics: [accuracy()] });
  for (let step = 0; step < 20; step++) learner.train(inputs, labels);
  const { loss, accuracy: right } = learner.gradients(inputs, labels).scores;
  expect(right).toBe(1);
  expect(loss).toBeLessThan(0.1);
});
