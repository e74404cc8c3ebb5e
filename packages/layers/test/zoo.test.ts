// The models of the zoo: their numbers of parameters, as in their papers, and the shapes that they take.
import { type Model, parametersOf } from '@convoy/layers';
import * as models from '@convoy/layers/zoo';
import { formatShape, sizeOf } from '@convoy/tensor';
import { describe, expect, test } from 'vitest';
import { expectConvoyError } from './expectations.ts';

/** Running statistics do not count, as in papers. */
const learned = (model: Model) =>
  parametersOf(model)
    .filter(({ movingAverage }) => movingAverage === undefined)
    .reduce((sum, { shape }) => sum + sizeOf(shape), 0);

const convolutions = (model: Model) => model.layers.filter(({ layer }) => layer.type === 'conv2d').length;

describe('by default', () => {
  test.each([
    { name: 'lenet5', create: models.lenet5, input: [1, 28, 28], output: [10], parameters: 61_706, depth: 2 },
    { name: 'cifarCnn', create: models.cifarCnn, input: [3, 32, 32], output: [10], parameters: 591_274, depth: 4 },
    { name: 'vggSmall', create: models.vggSmall, input: [3, 32, 32], output: [10], parameters: 551_146, depth: 6 },
    { name: 'resnet20', create: models.resnet20, input: [3, 32, 32], output: [10], parameters: 269_722, depth: 19 },
    { name: 'resnet32', create: models.resnet32, input: [3, 32, 32], output: [10], parameters: 464_154, depth: 31 },
    { name: 'resnet56', create: models.resnet56, input: [3, 32, 32], output: [10], parameters: 853_018, depth: 55 },
    {
      name: 'mobileNetSmall',
      create: models.mobileNetSmall,
      input: [3, 32, 32],
      output: [10],
      parameters: 215_642,
      depth: 27,
    },
    {
      name: 'uNetSmall',
      create: models.uNetSmall,
      input: [1, 64, 64],
      output: [2, 64, 64],
      parameters: 117_090,
      depth: 11,
    },
  ])('$name has $parameters parameters', ({ create, input, output, parameters, depth }) => {
    const model = create();
    expect([model.input, model.output, learned(model), convolutions(model)]).toEqual([
      input,
      output,
      parameters,
      depth,
    ]);
  });
});

describe('all models', () => {
  const all = Object.entries(models);

  test.each(all)('%s takes images of another shape and other classes', (name, create) => {
    const model = create({ input: [2, 28, 20], classes: 7 });
    expect(model.input).toEqual([2, 28, 20]);
    expect(model.output).toEqual(name === 'uNetSmall' ? [7, 28, 20] : [7]);
  });

  test.each(all)('%s normalizes whole batches with sync', (name, create: typeof models.resnet20) => {
    const synced = (options: object) =>
      create(options).layers.flatMap(({ layer }) => ('sync' in layer.settings ? [layer.settings.sync] : []));
    if (['lenet5', 'cifarCnn'].includes(name)) {
      expect(synced({})).toEqual([]);
      expectConvoyError(() => synced({ sync: true }), 'CONVOY_INVALID_OPTION', 'the option "sync"');
      return;
    }
    expect(new Set(synced({}))).toEqual(new Set([false]));
    expect(synced({ sync: true })).toEqual(synced({}).map(() => true));
  });
});

test('the shortcut of a residual network halves its planes and adds channels of zeros before and after them', () => {
  const model = models.resnet20({ input: [3, 6, 5] });
  const shortcuts = model.layers.filter(({ layer }) => ['avgPool2d', 'zeroPad2d'].includes(layer.type));
  expect(shortcuts.map(({ inputs: [input], output }) => [input, output])).toEqual([
    [
      [16, 6, 5],
      [16, 3, 3],
    ],
    [
      [1, 16, 9],
      [1, 32, 9],
    ],
    [
      [32, 3, 3],
      [32, 2, 2],
    ],
    [
      [1, 32, 4],
      [1, 64, 4],
    ],
  ]);
});

test('the width of a MobileNet is a factor of its channels', () => {
  expect(learned(models.mobileNetSmall({ width: 1 }))).toBe(3_217_226);
  expect(models.mobileNetSmall({ width: 0.001 }).layers.at(-3)?.output.slice(0, 1)).toEqual([1]);
  expectConvoyError(() => models.mobileNetSmall({ width: 0 }), 'CONVOY_INVALID_OPTION', 'width: 0');
});

test('a U-Net rejects images that cannot be halved twice', () => {
  for (const input of [[1, 62, 64], [1, 64, 63], [64]]) {
    expectConvoyError(() => models.uNetSmall({ input }), 'CONVOY_SHAPE_MISMATCH', formatShape(input));
  }
});
