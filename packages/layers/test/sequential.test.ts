// Sequential models: names, shapes, parameters, and invalid models.
import { conv2d, dense, flatten, type Layer, parametersOf, relu, sequential } from '@convoy/layers';
import type { Shape } from '@convoy/tensor';
import { describe, expect, test } from 'vitest';
import { expectConvoyError } from './expectations.ts';

describe('sequential', () => {
  const model = sequential({ input: [2, 6, 6] }, [
    conv2d({ filters: 3, kernelSize: 3 }),
    relu(),
    conv2d({ filters: 4, kernelSize: 3, name: 'second', useBias: false }),
    relu(),
    flatten(),
    dense({ units: 5, name: 'head' }),
  ]);

  test('feeds each layer with the output of the layer before it', () => {
    expect(model.layers.map(({ name, inputs: [input], output }) => [name, input, output])).toEqual([
      ['conv2d_1', [2, 6, 6], [3, 4, 4]],
      ['relu_1', [3, 4, 4], [3, 4, 4]],
      ['second', [3, 4, 4], [4, 2, 2]],
      ['relu_2', [4, 2, 2], [4, 2, 2]],
      ['flatten_1', [4, 2, 2], [16]],
      ['head', [16], [5]],
    ]);
    expect(model.output).toEqual([5]);
  });

  test('has parameters in the order of the layers, with the layer in their names', () => {
    expect(parametersOf(model).map(({ name, shape, fanIn, fanOut }) => [name, shape, fanIn, fanOut])).toEqual([
      ['conv2d_1.kernel', [3, 2, 3, 3], 18, 27],
      ['conv2d_1.bias', [3], 18, 27],
      ['second.kernel', [4, 3, 3, 3], 27, 36],
      ['head.kernel', [5, 16], 16, 5],
      ['head.bias', [5], 16, 5],
    ]);
  });

  test('does not change when the arrays that it was made from change', () => {
    const input = [3];
    const layers = [dense({ units: 2 })];
    const made = sequential({ input }, layers);
    input[0] = 4;
    layers.push(dense({ units: 1 }));
    expect(made).toEqual(sequential({ input: [3] }, [dense({ units: 2 })]));
    expect(() => (made.layers as unknown[]).push(1)).toThrow(TypeError);
  });

  test.each<[given: string, input: Shape, code: 'CONVOY_INVALID_SHAPE' | 'CONVOY_INVALID_OPTION', layers: unknown]>([
    ['input: []', [], 'CONVOY_INVALID_SHAPE', [relu()]],
    ['input: [1, 0, 28]', [1, 0, 28], 'CONVOY_INVALID_SHAPE', [relu()]],
    ['input: [1, 28.5, 28]', [1, 28.5, 28], 'CONVOY_INVALID_SHAPE', [relu()]],
    ['input: [-1]', [-1], 'CONVOY_INVALID_SHAPE', [relu()]],
    ['layers: []', [1], 'CONVOY_INVALID_OPTION', []],
    ['layers: undefined', [1], 'CONVOY_INVALID_OPTION', undefined],
    ["two layers of the name 'head'", [4], 'CONVOY_INVALID_OPTION', ['head', 'head'].map((name) => relu({ name }))],
    ["two layers of the name 'relu_2'", [4], 'CONVOY_INVALID_OPTION', [relu({ name: 'relu_2' }), relu()]],
  ])('rejects %s', (given, input, code, layers) =>
    expectConvoyError(() => sequential({ input }, layers as Layer[]), code, given),
  );

  test.each<[given: string, layer: unknown]>([
    ['a layer of type "conv3d"', { type: 'conv3d', settings: {} }],
    ['a function as a layer', relu],
    ['undefined as a layer', undefined],
    ['an object (Object) as a layer', { type: 'relu' }],
    ['an object (Object) as a layer', { type: 7, settings: {} }],
    ['name: 7', { ...relu(), name: 7 }],
    ['frozen: 1', { ...relu(), treatment: { frozen: 1 } }],
  ])('rejects %s', (given, layer) =>
    expectConvoyError(
      () => sequential({ input: [1] }, [layer as Layer]),
      given.includes('type') ? 'CONVOY_UNKNOWN_NAME' : 'CONVOY_INVALID_OPTION',
      given,
    ),
  );
});
