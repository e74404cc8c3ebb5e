// Every function and class that the roots of `@convoy/tensor` and `@convoy/layers` export is called with values that it
// cannot take, in every position. It may return something, or throw a ConvoyError; nothing else.
import { runInNewContext } from 'node:vm';
import * as layers from '@convoy/layers';
import * as tensor from '@convoy/tensor';
import { isConvoyError } from '@convoy/tensor/errors';
import { describe, expect, test } from 'vitest';

type AnyFunction = (...values: unknown[]) => unknown;

const circular: unknown[] = [];
circular.push(circular);
const model = layers.sequential({ input: [1, 4, 4] }, [layers.flatten(), layers.dense({ units: 3 })]);
const options = { model, loss: layers.softmaxCrossEntropy(), optimizer: layers.adam(), batchSize: 8 };

/** What no function expects in most places. */
const values: readonly unknown[] = [
  ...[undefined, null, true, 0, -1, 0.5, Number.NaN, Infinity, 2 ** 31, 2 ** 53, 1e40, '', 'text', Symbol('s'), 7n],
  ...[[], [1, 1, 4, 4], [-1], [Symbol('s')], [7n], [null], new Array(2), [[1, 2], [3]], circular],
  ...[{}, { unknown: 1 }, Object.create(null), { type: 'relu' }, { type: 'sgd', settings: {} }, { length: 3 }],
  ...[() => undefined, new Map([['a', 1]]), new Set([1]), new Date(0), new Error('no'), Promise.resolve()],
  ...[
    new Float32Array(3),
    new Float64Array(3),
    new BigInt64Array(2),
    new ArrayBuffer(8),
    new DataView(new ArrayBuffer(8)),
  ],
  ...[tensor.zeros([2, 3]), tensor.zeros([]), tensor.zeros([0, 2]), structuredClone(tensor.zeros([2]))],
  ...[
    model,
    { ...model, layers: [{}] },
    { ...model, layers: [null] },
    { ...model, outputs: [9] },
    { ...model, input: 1 },
  ],
  ...[
    layers.relu(),
    { ...layers.relu(), settings: null },
    { ...layers.relu(), name: 7 },
    layers.add(),
    layers.heNormal(),
  ],
  ...[layers.huber(), { ...layers.huber(), settings: {} }, { ...layers.huber(), weight: 'x' }, layers.accuracy()],
  ...[layers.sgd({ learningRate: () => Number.NaN }), runInNewContext('({ filters: 1 })'), runInNewContext('[1, 2]')],
];

/** Lists of arguments: the value alone, in every position, and after valid arguments. */
const argumentsWith = (value: unknown): readonly (readonly unknown[])[] => {
  const x = tensor.full([1, 1, 4, 4], 1);
  return [[value], [value, value], [value, value, value], [x, value], [x, x, value], [x, x, x, value], [model, value]];
};

/** Errors of any other kind, with what caused them. */
function rawErrors(name: string, call: (given: readonly unknown[]) => unknown): readonly string[] {
  return [[], ...values.flatMap(argumentsWith)].flatMap((given) => {
    try {
      call(given);
      return [];
    } catch (error) {
      return isConvoyError(error) ? [] : [`${name}(${given.map((value) => typeof value).join(', ')}): ${error}`];
    }
  });
}

const isClass = (value: AnyFunction) => value.toString().startsWith('class');

describe.each(['tensor', 'layers'] as const)('%s', (name) => {
  const functions = Object.entries(name === 'tensor' ? tensor : layers).filter(([, one]) => typeof one === 'function');
  test.each(functions as [string, AnyFunction][])('%s', (called, run) => {
    const call = (given: readonly unknown[]) => (isClass(run) ? Reflect.construct(run, given) : run(...given));
    expect(rawErrors(called, call)).toEqual([]);
  });
});

const methods = (object: object): readonly string[] =>
  Object.getOwnPropertyNames(Object.getPrototypeOf(object)).filter(
    (name) => name !== 'constructor' && typeof Reflect.get(object, name) === 'function',
  );

const objects: readonly [string, object][] = [
  ['a tensor', tensor.zeros([1, 1, 4, 4])],
  ['a scalar', tensor.zeros([])],
  ['a random stream', new tensor.RandomStream(1, 'test')],
  ['a permutation', new tensor.Permutation(1, 'test', 0, 5)],
  ['a learner with labels', layers.createLearner(options)],
  ['a learner with values', layers.createLearner({ ...options, loss: layers.meanSquaredError() })],
];

test.each(objects.flatMap(([name, object]) => methods(object).map((method) => [name, method, object] as const)))(
  '%s.%s',
  (_, method, object) => {
    const call = (given: readonly unknown[]) => (Reflect.get(object, method) as AnyFunction).apply(object, [...given]);
    expect(rawErrors(method, call)).toEqual([]);
  },
);

describe('createLearner with one wrong option', () => {
  test.each(['model', 'loss', 'optimizer', 'metrics', 'batchSize', 'accumulate', 'maxShards', 'seed'])(
    '%s',
    (option) => {
      const create = ([value]: readonly unknown[]) => layers.createLearner({ ...options, [option]: value });
      expect(rawErrors(option, create)).toEqual([]);
      expect(() => create([null])).toThrow(expect.objectContaining({ code: 'CONVOY_INVALID_OPTION' }));
    },
  );
});

test('a batch with wrong inputs or targets', () => {
  const learner = layers.createLearner(options);
  const inputs = tensor.zeros([3, 1, 4, 4]);
  expect(rawErrors('train', ([value]) => learner.train(inputs, value as never))).toEqual([]);
  expect(rawErrors('gradients', ([value]) => learner.gradients(value as never, [0, 1, 2]))).toEqual([]);
  expect(rawErrors('setParameters', ([value]) => learner.setParameters([['dense_1.bias', value as never]]))).toEqual(
    [],
  );
});

test('what a graph is written of', () => {
  const write = (use: (x: layers.GraphNode, value: never) => unknown) => (given: readonly unknown[]) =>
    layers.graph({ input: [3] }, (x) => use(x, given[0] as never) as layers.GraphNode);
  expect(
    rawErrors(
      'graph',
      write((_, value) => value),
    ),
  ).toEqual([]);
  expect(
    rawErrors(
      'to',
      write((x, value) => x.to(value)),
    ),
  ).toEqual([]);
  expect(
    rawErrors(
      'merge',
      write((x, value) => x.merge(layers.add(), value)),
    ),
  ).toEqual([]);
});
