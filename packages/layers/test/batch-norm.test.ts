// Batch normalization over whole batches and over shards, and its running statistics.

import * as reference from '@convoy/kernels/reference';
import {
  add,
  avgPool2d,
  batchNorm1d,
  batchNorm2d,
  conv2d,
  createLearner,
  dense,
  flatten,
  graph,
  type Layer,
  type Learner,
  type Model,
  multiply,
  parametersOf,
  relu,
  sequential,
  sgd,
  tanh,
} from '@convoy/layers';
import { definitionOf, shardBatch } from '@convoy/layers/compile';
import { type Shape, sizeOf, type Tensor } from '@convoy/tensor';
import { describe, expect, test } from 'vitest';
import { BATCH_SIZE, halfSum, targetsFor } from './conformance.ts';
import { expectClose, expectConvoyError } from './expectations.ts';
import { randomNumbers, samplesAwayFromKinks, tensorOf } from './numbers.ts';
import { ownParameters, referenceBackward, referenceForward } from './reference-model.ts';

const EPSILON = 1e-5;
const SHARD = shardBatch(BATCH_SIZE).blocksPerShard * 8;

function learnerOf(model: Model, learningRate = 0, averageDecay?: number): Learner {
  const optimizer = sgd({ learningRate, ...(averageDecay !== undefined && { averageDecay }) });
  return createLearner({ model, loss: halfSum(), optimizer, batchSize: BATCH_SIZE });
}

/** Sets random parameters; variances are positive. */
function setRandom(model: Model, learner: Learner): Map<string, Float64Array> {
  const numbers = new Map(
    parametersOf(model).map(({ name, shape }) => {
      const values = randomNumbers(sizeOf(shape), name);
      return [name, name.endsWith('runningVariance') ? values.map((v) => Math.fround(1.5 + v)) : values] as const;
    }),
  );
  learner.setParameters(parametersOf(model).map(({ name, shape }) => [name, tensorOf(numbers.get(name) ?? [], shape)]));
  return numbers;
}

const around = (input: Shape, layer: Layer): Model =>
  sequential({ input }, [
    conv2d({ filters: 3, kernelSize: 3, padding: 1 }),
    layer,
    tanh(),
    conv2d({ filters: 2, kernelSize: 2 }),
    relu(),
    avgPool2d({ size: 2 }),
  ]);

/** Compares the gradients of a batch with the reference, which normalizes all samples together. */
function checkGradients(model: Model, batch: number): void {
  const learner = learnerOf(model);
  const parameters = setRandom(model, learner);
  const x = samplesAwayFromKinks(batch, model.input, `input of ${batch}`);
  const values = referenceForward(model, batch, x, parameters);
  const outputs = values.at(-1) as Float64Array;
  const gradient = randomNumbers(outputs.length, 'gradient');
  const expected = referenceBackward(model, batch, values, parameters, gradient);
  const targets = targetsFor(gradient, outputs, [batch, ...model.output]);
  const actual = learner.gradients(tensorOf(x, [batch, ...model.input]), targets);
  expectClose(`gradient of ${batch} samples at the input`, actual.inputs.data, expected.input);
  expect([...actual.parameters.keys()]).toEqual([...expected.parameters.keys()]);
  for (const [name, { data }] of actual.parameters) {
    expectClose(`gradient of ${batch} samples at '${name}'`, data, expected.parameters.get(name) as Float64Array);
  }
}

describe.each([
  ['batchNorm2d', [2, 5, 4], batchNorm2d],
  ['batchNorm2d of many channels', [11, 2, 2], batchNorm2d],
  ['batchNorm1d of features', [13], batchNorm1d],
  ['batchNorm1d of sequences', [3, 7], batchNorm1d],
] as const)('%s', (_, input, make) => {
  test.each([{}, { scale: false }, { offset: false }, { scale: false, offset: false }])('reference, %o', (options) => {
    const batch = 3;
    const model = sequential({ input }, [make(options)]);
    const [placed] = model.layers as [Model['layers'][number]];
    const layer = definitionOf(placed.layer).reference;
    const { settings } = placed.layer;
    const own = ownParameters(
      model,
      placed,
      new Map(parametersOf(model).map(({ name, shape }) => [name, randomNumbers(sizeOf(shape), name)])),
    );
    const x = randomNumbers(batch * sizeOf(input), 'input');
    const direction = randomNumbers(x.length, 'direction');
    const back = layer.backward(settings, [input], batch, [x], own, direction);
    const check = (at: Float64Array, gradient: Float64Array, f: (at: Float64Array) => Float64Array) =>
      expect(reference.gradientMismatch(reference.alongDirection(f, direction), at, gradient)).toBeUndefined();
    check(x, back.inputs[0] as Float64Array, (at) => layer.forward(settings, [input], batch, [at], own));
    for (const [name, gradient] of Object.entries(back.parameters)) {
      check(own[name] as Float64Array, gradient, (at) =>
        layer.forward(settings, [input], batch, [x], { ...own, [name]: at }),
      );
    }
  });

  test.each([BATCH_SIZE, 13, 8, 3])('kernels over whole batches of %i samples', (batch) => {
    checkGradients(sequential({ input }, [make({ sync: true })]), batch);
  });

  test.each([SHARD, 13, 8, 3])('kernels over one shard of %i samples', (batch) => {
    checkGradients(sequential({ input }, [make()]), batch);
  });
});

describe('between layers', () => {
  test.each([{ sync: true }, { sync: true, scale: false }, { sync: true, offset: false }, {}])('%o', (options) => {
    for (const batch of options.sync ? [BATCH_SIZE, 13] : [13]) {
      checkGradients(around([2, 5, 6], batchNorm2d(options)), batch);
    }
  });

  test('several in one model, over the batch and over the shard', () => {
    const model = sequential({ input: [2, 4, 4] }, [
      conv2d({ filters: 3, kernelSize: 3 }),
      batchNorm2d({ sync: true }),
      tanh(),
      flatten(),
      dense({ units: 5 }),
      batchNorm1d(),
      tanh(),
      batchNorm1d({ sync: true }),
    ]);
    checkGradients(model, SHARD - 3);
  });

  test.each([[], [tanh()]])('a normalized value that is used several times, after %o', (...activations) => {
    const model = graph({ input: [2, 4, 4] }, (image) => {
      const normal = image.to(conv2d({ filters: 3, kernelSize: 2 }), batchNorm2d({ sync: true }), ...activations);
      const sum = normal.to(conv2d({ filters: 3, kernelSize: 3, padding: 'same' })).merge(add(), normal);
      return sum
        .merge(multiply(), normal)
        .to(batchNorm2d({ sync: true }), tanh(), conv2d({ filters: 2, kernelSize: 2 }));
    });
    checkGradients(model, 13);
  });

  test('without sync, each shard is normalized separately: the gradient of a batch is the sum over its shards', () => {
    const model = around([2, 5, 6], batchNorm2d());
    const learner = learnerOf(model);
    setRandom(model, learner);
    const batch = 2 * SHARD + 5;
    const x = samplesAwayFromKinks(batch, model.input, 'input');
    const t = randomNumbers(batch * sizeOf(model.output), 'targets');
    const part = (first: number, last: number) => {
      const slice = (values: Float64Array, shape: Shape) =>
        tensorOf(values.subarray(first * sizeOf(shape), last * sizeOf(shape)), [last - first, ...shape]);
      return learner.gradients(slice(x, model.input), slice(t, model.output));
    };
    const whole = part(0, batch);
    const parts = [part(0, SHARD), part(SHARD, 2 * SHARD), part(2 * SHARD, batch)];
    const weights = [SHARD, SHARD, 5].map((samples) => samples / batch);
    for (const [name, { data }] of whole.parameters) {
      const sum = Array.from(data, (_, i) =>
        parts.reduce(
          (total, { parameters }, n) => total + (weights[n] ?? 0) * ((parameters.get(name) as Tensor).data[i] ?? 0),
          0,
        ),
      );
      expectClose(name, data, sum);
    }
  });
});

describe('running statistics', () => {
  const input = [3, 2, 4];
  const batch = 2 * SHARD + 3;
  const samples = randomNumbers(batch * sizeOf(input), 'samples').map((v, i) => v + (i % 3));
  const inputs = tensorOf(samples, [batch, ...input]);
  const rounded = Float64Array.from(inputs.data);

  /** Mean and unbiased variance of each channel over some samples. */
  function statistics(first: number, last: number) {
    const x = rounded.subarray(first * 24, last * 24);
    const moments = reference.combineMoments(3, EPSILON, [
      reference.blockMoments({ channels: 3, area: 8 }, last - first, x),
    ]);
    const n = (last - first) * 8;
    return { mean: moments.slice(0, 3), variance: moments.slice(6, 9).map((v) => (v * n) / (n - 1)) };
  }

  test('of a whole batch move towards its mean and unbiased variance, and are not among the gradients', () => {
    const model = sequential({ input }, [batchNorm2d({ sync: true, momentum: 0.25 })]);
    const learner = learnerOf(model, 0.1, 0.5);
    setRandom(model, learner);
    const before = learner.parameters();
    learner.train(inputs, inputs);
    const { mean, variance } = statistics(0, batch);
    const moved = (name: string, towards: Float64Array) =>
      towards.map((v, c) => 0.75 * ((before.get(`batchNorm2d_1.${name}`) as Tensor).data[c] ?? 0) + 0.25 * v);
    const after = learner.parameters();
    expectClose('mean', after.get('batchNorm2d_1.runningMean')?.data ?? [], moved('runningMean', mean), 1e-6);
    expectClose(
      'variance',
      after.get('batchNorm2d_1.runningVariance')?.data ?? [],
      moved('runningVariance', variance),
      1e-6,
    );
    expect(learner.slot('average').get('batchNorm2d_1.runningMean')).toEqual(after.get('batchNorm2d_1.runningMean'));
    expect([...learner.gradients(inputs, inputs).parameters.keys()]).toEqual([
      'batchNorm2d_1.scale',
      'batchNorm2d_1.offset',
    ]);
  });

  test('of shards are averaged with the numbers of their samples as weights', () => {
    const model = sequential({ input }, [batchNorm2d({ momentum: 1 })]);
    const learner = learnerOf(model, 0);
    learner.train(inputs, inputs);
    const bounds = [0, SHARD, 2 * SHARD, batch];
    for (const [name, key] of [
      ['runningMean', 'mean'],
      ['runningVariance', 'variance'],
    ] as const) {
      const expected = [0, 1, 2].map((c) =>
        [0, 1, 2].reduce((sum, s) => {
          const [first, last] = [bounds[s] as number, bounds[s + 1] as number];
          return sum + ((last - first) / batch) * (statistics(first, last)[key][c] as number);
        }, 0),
      );
      expectClose(name, learner.parameters().get(`batchNorm2d_1.${name}`)?.data ?? [], expected, 1e-6);
    }
  });

  test('are what prediction normalizes with', () => {
    const model = sequential({ input }, [batchNorm2d(), relu()]);
    const learner = learnerOf(model);
    const parameters = setRandom(model, learner);
    const [scale, offset, mean, variance] = ['scale', 'offset', 'runningMean', 'runningVariance'].map(
      (name) => parameters.get(`batchNorm2d_1.${name}`) as Float64Array,
    ) as [Float64Array, Float64Array, Float64Array, Float64Array];
    const expected = rounded.map((x, i) => {
      const c = Math.floor(i / 8) % 3;
      const normal = (x - (mean[c] as number)) / Math.sqrt((variance[c] as number) + EPSILON);
      return Math.max(0, normal * (scale[c] as number) + (offset[c] as number));
    });
    expectClose('outputs', learner.predict(inputs).data, expected);
  });
});

test('a frozen layer changes nothing and uses its running statistics in training', () => {
  const input = [2, 3, 3];
  const model = sequential({ input }, [
    conv2d({ filters: 2, kernelSize: 2 }),
    batchNorm2d({ frozen: true }),
    tanh(),
    flatten(),
    dense({ units: 3 }),
  ]);
  const learner = learnerOf(model, 0.1);
  setRandom(model, learner);
  const before = learner.parameters();
  const inputs = tensorOf(randomNumbers(20 * 18, 'inputs'), [20, ...input]);
  const zeros = tensorOf(new Float64Array(60), [20, 3]);
  // The loss is ½ Σ y² / samples, where y is the prediction before the step.
  const outputs = learner.predict(inputs).data;
  const { loss } = learner.train(inputs, zeros);
  expect(loss).toBeCloseTo(outputs.reduce((sum, y) => sum + (y * y) / 2, 0) / 20, 4);
  for (const [name, tensor] of learner.parameters()) {
    if (name.startsWith('batchNorm2d')) expect(tensor).toEqual(before.get(name));
    else expect(tensor).not.toEqual(before.get(name));
  }
  // Compares the gradient with central differences of this loss.
  const kernel = before.get('conv2d_1.kernel') as Tensor;
  learner.setParameters(before);
  const gradient = learner.gradients(inputs, zeros).parameters.get('conv2d_1.kernel') as Tensor;
  const lossAt = (i: number, change: number) => {
    const changed = kernel.clone();
    changed.data[i] = (changed.data[i] as number) + change;
    learner.setParameters([['conv2d_1.kernel', changed]]);
    return learner.gradients(inputs, zeros).scores.loss;
  };
  for (const i of kernel.data.keys()) {
    expect(gradient.data[i]).toBeCloseTo((lossAt(i, 1 / 64) - lossAt(i, -1 / 64)) * 32, 2);
  }
});

test('invalid options and inputs are rejected', () => {
  expectConvoyError(() => batchNorm2d({ momentum: 1.5 }), 'CONVOY_INVALID_OPTION', 'momentum: 1.5');
  expectConvoyError(() => batchNorm2d({ sync: 'yes' as unknown as boolean }), 'CONVOY_INVALID_OPTION', 'sync: "yes"');
  expectConvoyError(
    () => sequential({ input: [3] }, [batchNorm2d()]),
    'CONVOY_SHAPE_MISMATCH',
    "to layer 'batchNorm2d_1'",
  );
  expectConvoyError(() => sequential({ input: [3, 2, 2] }, [batchNorm1d()]), 'CONVOY_SHAPE_MISMATCH', '[3, 2, 2]');
});
