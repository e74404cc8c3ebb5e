// Definitions that are incomplete, throw, or return nonsense: the error names what is defined, and the part.
import {
  accuracy,
  createLearner,
  defineInitializer,
  defineLayer,
  defineLoss,
  defineMergeLayer,
  defineMetric,
  defineOptimizer,
  defineSchedule,
  dense,
  heNormal,
  learningRateAt,
  meanSquaredError,
  modelCosts,
  sequential,
  sgd,
  zerosInitializer,
} from '@convoy/layers';
import { describe, expect, test } from 'vitest';
import { expectConvoyError } from './expectations.ts';

const boom = (): never => {
  throw new RangeError('boom');
};
const nothing = () => undefined;

/** Definitions that TypeScript would reject. */
const loose = (definition: unknown) => definition as never;

const defines: readonly [name: string, define: (definition: never) => unknown, required: readonly string[]][] = [
  ['defineLayer', defineLayer, ['settings', 'outputShape']],
  ['defineMergeLayer', defineMergeLayer, ['settings', 'outputShape']],
  ['defineLoss', defineLoss, ['settings', 'targets', 'checkOutput', 'compile']],
  ['defineMetric', defineMetric, ['settings', 'name', 'checkOutput', 'compile']],
  ['defineOptimizer', defineOptimizer, ['settings', 'rule', 'numbers']],
  ['defineSchedule', defineSchedule, ['settings', 'learningRate']],
  ['defineInitializer', defineInitializer, ['settings', 'fill']],
];

describe.each(defines)('%s', (name, define, required) => {
  const parts = Object.fromEntries(required.map((part) => [part, nothing]));
  const whole = { type: 'whole', ...parts, targets: name === 'defineMetric' ? ['labels'] : nothing };

  test.each<[given: string, definition: unknown]>([
    ['undefined as a definition', undefined],
    ['"relu" as a definition', 'relu'],
    ['definition.type: undefined', { ...whole, type: undefined }],
    ['definition.type: ""', { ...whole, type: '' }],
    ...required.map((part) => [`definition.${part}: 7`, { ...whole, [part]: 7 }] as [string, unknown]),
  ])('rejects %s', (given, definition) =>
    expectConvoyError(() => define(loose(definition)), 'CONVOY_INVALID_OPTION', given),
  );
});

test.each([[0, 1], [2, 1], [1.5, 2], [1], 2, 'two'])('defineMergeLayer rejects the arity %j', (...arity) => {
  const given = arity.length === 1 ? arity[0] : arity;
  const define = () => defineMergeLayer(loose({ type: 'm', settings: nothing, outputShape: nothing, arity: given }));
  expectConvoyError(define, 'CONVOY_INVALID_OPTION', 'definition.arity: ');
});

describe('settings', () => {
  test.each<[given: string, settings: () => unknown]>([
    ['strange, whose definition threw RangeError: boom', boom],
    ['strange, whose settings returns undefined', nothing],
    ['strange, whose settings returns "text"', () => 'text'],
  ])('%s', (given, settings) => {
    const layer = defineLayer(loose({ type: 'strange', settings, outputShape: nothing }));
    const schedule = defineSchedule(loose({ type: 'strange', settings, learningRate: nothing }));
    const optimizer = defineOptimizer(loose({ type: 'strange', settings, rule: nothing, numbers: nothing }));
    for (const describeIt of [layer, schedule, optimizer]) {
      expectConvoyError(() => describeIt({ learningRate: 1 } as never), 'CONVOY_LAYER_FAILED', given);
    }
  });
});

const form = { type: 'mine', settings: () => ({}), outputShape: (_: object, [input]: [number[]]) => input };
const parameter = { name: 'scale', shape: [1], initializer: zerosInitializer(), fanIn: 1, fanOut: 1 };
const compiled = { forward: [], backward: () => [] };

/** A model of a layer of this definition, and a learner of it. */
const modelOf = (changes: object) =>
  sequential({ input: [3] }, [
    defineLayer(loose({ ...form, ...changes }))(loose({ name: 'mine' })),
    dense({ units: 2 }),
  ]);
const learnerOf = (changes: object) => createLearner({ ...training, model: modelOf(changes) });
const plain = sequential({ input: [3] }, [dense({ units: 2 })]);
const training = { model: plain, loss: meanSquaredError(), optimizer: sgd({ learningRate: 1 }), batchSize: 8 };

describe('what a layer returns when a model is made', () => {
  test.each<[given: string, changes: object]>([
    ['outputShape returns undefined', { outputShape: nothing }],
    ['outputShape returns "[3]"', { outputShape: () => '[3]' }],
    ['outputShape returns [0]', { outputShape: () => [0] }],
    ['outputShape returns [2.5]', { outputShape: () => [2.5] }],
    ['outputShape returns [undefined]', { outputShape: () => new Array(1) }],
    ['parameters returns 7', { parameters: () => 7 }],
    ['parameters returns null', { parameters: () => [null] }],
    ['parameters returns an object with name: undefined', { parameters: () => [{}] }],
    ['parameters returns [-1]', { parameters: () => [{ ...parameter, shape: [-1] }] }],
    ['initializer: a function', { parameters: () => [{ ...parameter, initializer: heNormal }] }],
    ['fanIn: 0', { parameters: () => [{ ...parameter, fanIn: 0 }] }],
    ['fanOut: undefined', { parameters: () => [{ ...parameter, fanOut: undefined }] }],
    ['movingAverage: 2', { parameters: () => [{ ...parameter, movingAverage: 2 }] }],
    ['parameters returns ["scale", "scale"]', { parameters: () => [parameter, parameter] }],
  ])('%s', (given, changes) => {
    expectConvoyError(() => modelOf(changes), 'CONVOY_LAYER_FAILED', given);
    expect(() => modelOf(changes)).toThrow("Given layer 'mine'");
  });

  test('multiplyAdds', () => {
    const model = modelOf({ multiplyAdds: () => 'many' });
    expectConvoyError(() => modelCosts(model), 'CONVOY_LAYER_FAILED', "layer 'mine', whose multiplyAdds returns");
    const throwing = modelOf({ multiplyAdds: boom });
    expectConvoyError(() => modelCosts(throwing), 'CONVOY_LAYER_FAILED', "layer 'mine', whose definition threw");
  });
});

describe('what a layer returns when a model is compiled', () => {
  test.each<[given: string, changes: object]>([
    ["layer 'mine', whose compile returns undefined", { compile: nothing }],
    ["layer 'mine', whose compile returns an object with forward: undefined", { compile: () => ({}) }],
    ['an object with backward: undefined', { compile: () => ({ forward: [] }) }],
    ['whose compile returns 7', { compile: () => ({ ...compiled, forward: [7] }) }],
    ['whose compile returns an object (Object)', { compile: () => ({ ...compiled, forward: [{ kernel: {} }] }) }],
    ['inference: "none"', { compile: () => ({ ...compiled, inference: 'none' }) }],
    ['recompute: 7', { compile: () => ({ ...compiled, recompute: 7 }) }],
    ['scope: "model"', { compile: () => ({ ...compiled, forward: [{ scope: 'model', combine: [] }] }) }],
    [
      'partialFloats: 0',
      { compile: () => ({ ...compiled, forward: [{ scope: 'shard', partialFloats: 0, combine: [] }] }) },
    ],
    ["layer 'mine', whose backward returns undefined", { compile: () => ({ forward: [], backward: nothing }) }],
    ["layer 'mine', whose backward returns null", { compile: () => ({ forward: [], backward: () => [null] }) }],
    ['the layer type mine, whose activation returns 7', { compile: () => compiled, activation: () => 7 }],
    ['the layer type mine, whose definition threw RangeError', { compile: () => compiled, activation: boom }],
  ])('%s', (given, changes) => expectConvoyError(() => learnerOf(changes), 'CONVOY_LAYER_FAILED', given));
});

describe('losses and metrics', () => {
  const loss = {
    type: 'myLoss',
    settings: () => ({}),
    targets: () => 'values',
    checkOutput: nothing,
    compile: () => [],
  };
  const metric = { ...loss, type: 'myMetric', name: () => 'myMetric', targets: ['values'] };

  test.each<[given: string, changes: object]>([
    ['the loss myLoss, whose definition threw RangeError: boom', { checkOutput: boom }],
    ['the loss myLoss, whose definition threw RangeError: boom', { compile: boom }],
    ['the loss myLoss, whose definition threw RangeError: boom', { targets: boom }],
    ['the loss myLoss, whose targets returns "numbers"', { targets: () => 'numbers' }],
    ['the loss myLoss, whose compile returns undefined', { compile: nothing }],
    ['the loss myLoss, whose compile returns 7', { compile: () => [7] }],
  ])('%s', (given, changes) => {
    const create = () => createLearner({ ...training, loss: defineLoss(loose({ ...loss, ...changes }))(loose({})) });
    expectConvoyError(create, 'CONVOY_LAYER_FAILED', given);
  });

  test.each<[given: string, changes: object]>([
    ['the metric myMetric, whose definition threw RangeError: boom', { checkOutput: boom }],
    ['the metric myMetric, whose definition threw RangeError: boom', { compile: boom }],
    ['the metric myMetric, whose compile returns an object (Object)', { compile: () => ({}) }],
    ['myMetric, whose name returns undefined', { name: nothing }],
    ['myMetric, whose definition threw RangeError: boom', { name: boom }],
  ])('%s', (given, changes) => {
    const create = () =>
      createLearner({ ...training, metrics: [defineMetric(loose({ ...metric, ...changes }))(loose({}))] });
    expectConvoyError(create, 'CONVOY_LAYER_FAILED', given);
  });

  test('descriptions whose settings no definition made', () => {
    const wrong = { ...accuracy(), settings: null };
    expectConvoyError(
      () => createLearner({ ...training, metrics: [loose(wrong)] }),
      'CONVOY_INVALID_OPTION',
      'metrics[0]',
    );
    const optimizer = { type: 'sgd', settings: {} };
    expectConvoyError(() => createLearner({ ...training, optimizer: loose(optimizer) }), 'CONVOY_INVALID_OPTION', '');
  });
});

describe('optimizers, schedules and initializers', () => {
  const optimizer = { type: 'myOptimizer', settings: () => ({}), rule: boom, numbers: () => ({}) };
  const learningRate = 1;

  test('a rule that throws', () => {
    const mine = defineOptimizer(loose(optimizer))(loose({ learningRate }));
    const given = 'the optimizer myOptimizer, whose definition threw RangeError: boom';
    expectConvoyError(() => createLearner({ ...training, optimizer: mine }), 'CONVOY_LAYER_FAILED', given);
  });

  test('a schedule that throws', () => {
    const mine = defineSchedule(loose({ type: 'mySchedule', settings: () => ({}), learningRate: boom }))(loose({}));
    const given = 'the schedule mySchedule, whose definition threw RangeError: boom';
    expectConvoyError(() => learningRateAt(sgd({ learningRate: mine }), 3), 'CONVOY_LAYER_FAILED', given);
  });

  test.each<[code: 'CONVOY_LAYER_FAILED' | 'CONVOY_NOT_FINITE', given: string, fill: (...values: never[]) => unknown]>([
    ['CONVOY_LAYER_FAILED', 'the initializer mine, whose definition threw RangeError: boom', boom],
    [
      'CONVOY_NOT_FINITE',
      'the initializer mine, which starts dense_1.kernel with Infinity at index 0',
      (_: object, values: Float32Array) => values.fill(1e39),
    ],
  ])('an initializer: %s', (code, given, fill) => {
    const mine = defineInitializer(loose({ type: 'mine', settings: () => ({}), fill }))(loose({}));
    const model = sequential({ input: [3] }, [dense({ units: 2, kernelInitializer: mine })]);
    expectConvoyError(() => createLearner({ ...training, model }), code, given);
  });
});
