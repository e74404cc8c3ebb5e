// Graph models: names, invalid graphs, shared layers, and definitions that throw.
import {
  add,
  concat,
  conv2d,
  defineLayer,
  dense,
  flatten,
  type GraphNode,
  graph,
  type Layer,
  type LayerDefinition,
  type Model,
  meanSquaredError,
  multiply,
  parametersOf,
  relu,
  sequential,
  sgd,
  shared,
  sigmoid,
  tanh,
} from '@convoy/layers';
import { compilePlan } from '@convoy/layers/compile';
import { describe, expect, test } from 'vitest';
import { checkModel, learnerOf } from './conformance.ts';
import { expectConvoyError } from './expectations.ts';
import { randomNumbers, tensorOf } from './numbers.ts';

const optimizer = sgd({ learningRate: 0.1 });
const loss = meanSquaredError();

const namesOf = (model: Model) => model.layers.map(({ name }) => name);

describe('a graph', () => {
  test('has layers in the order in which they were added, each with the layers that feed it', () => {
    const model = graph({ input: [2, 6, 6] }, (image) => {
      const stem = image.to(conv2d({ filters: 3, kernelSize: 3, padding: 'same', name: 'stem' }), relu());
      const branch = stem.to(conv2d({ filters: 3, kernelSize: 1 }));
      return branch.merge(add(), stem).merge(concat({ name: 'all' }), image);
    });
    expect(model.layers.map(({ name, from, inputs, output }) => [name, from, inputs, output])).toEqual([
      ['stem', [-1], [[2, 6, 6]], [3, 6, 6]],
      ['relu_1', [0], [[3, 6, 6]], [3, 6, 6]],
      ['conv2d_2', [1], [[3, 6, 6]], [3, 6, 6]],
      [
        'add_1',
        [2, 1],
        [
          [3, 6, 6],
          [3, 6, 6],
        ],
        [3, 6, 6],
      ],
      [
        'all',
        [3, -1],
        [
          [3, 6, 6],
          [2, 6, 6],
        ],
        [5, 6, 6],
      ],
    ]);
    expect([model.input, model.output, model.outputs]).toEqual([[2, 6, 6], [5, 6, 6], [4]]);
  });

  test('that is a chain equals the sequential model', () => {
    const layers = [conv2d({ filters: 2, kernelSize: 3 }), relu(), flatten(), dense({ units: 3, name: 'head' })];
    const chain = sequential({ input: [1, 5, 5] }, layers);
    expect(graph({ input: [1, 5, 5] }, (image) => image.to(...layers))).toEqual(chain);
    expect(graph({ input: [1, 5, 5] }, (image) => layers.reduce((x, layer) => x.to(layer), image))).toEqual(chain);
  });

  test('can use the same layer several times, each time with its own parameters', () => {
    const layer = dense({ units: 3 });
    const model = graph({ input: [3] }, (x) => x.to(layer).merge(add(), x.to(layer, tanh(), layer)));
    expect(namesOf(model)).toEqual(['dense_1', 'dense_2', 'tanh_1', 'dense_3', 'add_1']);
    expect(parametersOf(model)).toHaveLength(6);
  });

  test('can be posted to other threads, and computes the same bits there', () => {
    const model = graph({ input: [2, 6, 6] }, (image) => {
      const stem = image.to(conv2d({ filters: 2, kernelSize: 3, padding: 'same' }), tanh());
      return stem.merge(add(), image, stem.to(sigmoid())).to(flatten(), dense({ units: 2 }));
    });
    const clone = structuredClone(model);
    expect(clone).toEqual(model);
    const plan = (of: Model) => compilePlan(of, { loss, optimizer });
    expect(plan(clone)).toEqual(plan(model));
  });
});

describe('an invalid graph is rejected', () => {
  const three = () => dense({ units: 3 });
  let foreign: GraphNode | undefined;
  graph({ input: [3] }, (x) => {
    foreign = x.to(three());
    return foreign;
  });

  test.each<[given: string, write: (x: GraphNode) => unknown]>([
    ["layer 'dense_2', whose output nothing uses", (x) => [x.to(three()), x.to(three())][0]],
    ['0 outputs', () => []],
    ['1 outputs, among them the input', (x) => x],
    ['2 outputs, among them the input', (x) => [x.to(three()), x]],
    ['undefined in a graph', () => undefined],
    ['an object (Object) in a graph', () => foreign],
    ['an object (Object) in a graph', (x) => x.merge(add(), foreign as GraphNode)],
    ['an object (Object) in a graph', (x) => x.merge(add(), { shape: [3] } as never)],
    ["two layers of the name 'head'", (x) => x.to(dense({ units: 3, name: 'head' }), relu({ name: 'head' }))],
    ["to layer 'dense_1' 2 inputs", (x) => x.merge(three(), x)],
    ["to layer 'add_1' 1 input", (x) => x.to(add())],
    ['"dense" for a value of a model that is already complete', () => foreign?.to(three())],
  ])('%s', (given, write) =>
    expectConvoyError(
      () => graph({ input: [3] }, write as (x: GraphNode) => GraphNode),
      'CONVOY_INVALID_OPTION',
      given,
    ),
  );

  test('shapes that do not fit; the message names the layer and both shapes', () => {
    expectConvoyError(
      () =>
        graph({ input: [2, 6, 6] }, (image) =>
          image.to(conv2d({ filters: 2, kernelSize: 3 })).merge(add({ name: 'shortcut' }), image),
        ),
      'CONVOY_SHAPE_MISMATCH',
      "to layer 'shortcut' inputs of shape [2, 4, 4] and [2, 6, 6]",
    );
    expectConvoyError(
      () => graph({ input: [2, 6, 6] }, (image) => image.to(three())),
      'CONVOY_SHAPE_MISMATCH',
      "to layer 'dense_1' an input of shape [2, 6, 6]",
    );
  });

  test('an unknown layer', () =>
    expectConvoyError(
      () => graph({ input: [3] }, (x) => x.to({ type: 'conv9d', settings: {} })),
      'CONVOY_UNKNOWN_NAME',
      'a layer of type "conv9d"',
    ));
});

describe('shared layers', () => {
  const tower = () => shared(dense({ units: 4, name: 'tower' }));
  const siamese = (layer: Layer, after: readonly Layer[] = []) =>
    graph({ input: [4] }, (x) => {
      const first = x.to(layer, ...after);
      return first.to(layer, ...after).merge(multiply(), x.to(tanh(), layer), first);
    });

  test('have the parameters of their first use, and are named after it', () => {
    const model = siamese(tower());
    expect(namesOf(model)).toEqual(['tower', 'tower@2', 'tanh_1', 'tower@3', 'multiply_1']);
    expect(parametersOf(model).map(({ name }) => name)).toEqual(['tower.kernel', 'tower.bias']);
    expect(model.layers.map(({ owner }) => owner)).toEqual(['tower', 'tower', 'tanh_1', 'tower', 'multiply_1']);
    expect(namesOf(siamese(shared(dense({ units: 4 })))).slice(0, 2)).toEqual(['dense_1', 'dense_1@2']);
  });

  test('have the sum of the gradients of their uses', () => {
    checkModel(siamese(tower()), 0);
    checkModel(siamese(tower(), [sigmoid()]), 0);
    const convolution = shared(conv2d({ filters: 2, kernelSize: 3, padding: 'same' }));
    checkModel(
      graph({ input: [2, 5, 4] }, (image) => {
        const inner = image.to(convolution, tanh());
        return image.merge(add(), inner, inner.to(convolution));
      }),
      0,
    );
  });

  test('stay shared when the model is posted', () => {
    const model = siamese(tower());
    const inputs = tensorOf(randomNumbers(20, 'inputs'), [5, 4]);
    const targets = tensorOf(randomNumbers(20, 'targets'), [5, 4]);
    const original = learnerOf(model).gradients(inputs, targets);
    expect(learnerOf(structuredClone(model)).gradients(inputs, targets)).toEqual(original);
  });

  test('are shared as one object: each call of shared has parameters of its own', () => {
    const layer = dense({ units: 4 });
    const model = graph({ input: [4] }, (x) => x.to(shared(layer)).merge(add(), x.to(shared(layer))));
    expect(namesOf(model)).toEqual(['dense_1', 'dense_2', 'add_1']);
    expect(parametersOf(model)).toHaveLength(4);
  });

  test('may have no parameters', () => {
    const activation = shared(sigmoid());
    checkModel(
      graph({ input: [4] }, (x) => x.to(activation, dense({ units: 3 }), activation)),
      1,
    );
  });

  test('reject inputs that would need parameters of another shape', () =>
    expectConvoyError(
      () => {
        const layer = shared(dense({ units: 3, name: 'tower' }));
        return graph({ input: [4] }, (x) => x.to(layer, layer));
      },
      'CONVOY_SHAPE_MISMATCH',
      "to layer 'tower@2' parameters of 'tower', [3, 4], [3]",
    ));
});

type Form = LayerDefinition<object> & { settings(): object };

describe('a definition that throws', () => {
  const boom = (): never => {
    throw new RangeError('boom');
  };
  const form: Form = {
    type: 'throwing',
    outputShape: (_, [input]) => input,
    settings: () => ({}),
    reference: { forward: boom, backward: boom },
  };
  const throwing = (changes: Partial<Form>) => defineLayer({ ...form, ...changes })({ name: 'mine' });
  const given = "layer 'mine', whose definition threw RangeError: boom";

  test.each<[what: string, changes: Partial<Form>]>([
    ['outputShape', { outputShape: boom }],
    ['parameters', { parameters: boom }],
  ])('in %s is named when the graph is made', (_, changes) =>
    expectConvoyError(() => sequential({ input: [3] }, [throwing(changes)]), 'CONVOY_LAYER_FAILED', given),
  );

  test.each<[what: string, changes: Partial<Form>]>([
    ['compile', { compile: boom }],
    ['backward', { compile: () => ({ forward: [], backward: boom }) }],
  ])('in %s is named when the model is compiled', (_, changes) => {
    const model = sequential({ input: [3] }, [dense({ units: 3 }), throwing(changes)]);
    expectConvoyError(() => compilePlan(model, { loss, optimizer }), 'CONVOY_LAYER_FAILED', given);
  });

  test('keeps its error as the cause', () => {
    try {
      sequential({ input: [3] }, [throwing({ outputShape: boom })]);
      expect.unreachable();
    } catch (error) {
      expect((error as Error).cause).toEqual(new RangeError('boom'));
    }
  });
});
