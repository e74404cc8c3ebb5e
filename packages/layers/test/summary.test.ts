// The costs of a model, as numbers and as a table.
import {
  adam,
  add,
  batchNorm2d,
  conv2d,
  conv2dTranspose,
  dense,
  flatten,
  graph,
  type Layer,
  lenet5,
  maxPool2d,
  memoryUse,
  modelCosts,
  relu,
  resnet20,
  sequential,
  summary,
} from '@convoy/layers';
import type { Shape } from '@convoy/tensor';
import { describe, expect, test } from 'vitest';

describe('multiply-adds', () => {
  test.each<[what: string, layer: Layer, input: Shape, expected: number]>([
    ['a convolution', conv2d({ filters: 6, kernelSize: [3, 2] }), [4, 7, 5], 6 * 5 * 4 * (4 * 3 * 2)],
    ['strides', conv2d({ filters: 2, kernelSize: 3, strides: 2, padding: 1 }), [1, 8, 8], 2 * 4 * 4 * 9],
    ['groups', conv2d({ filters: 6, kernelSize: 3, groups: 2 }), [4, 5, 5], 6 * 3 * 3 * (2 * 9)],
    ['a depthwise convolution', conv2d({ filters: 4, kernelSize: 3, groups: 4 }), [4, 5, 5], 4 * 3 * 3 * 9],
    ['a transposed one', conv2dTranspose({ filters: 3, kernelSize: 2, strides: 2 }), [5, 4, 4], 5 * 4 * 4 * (3 * 4)],
    ['its groups', conv2dTranspose({ filters: 4, kernelSize: 3, groups: 2 }), [6, 4, 4], 6 * 4 * 4 * (2 * 9)],
    ['a dense layer', dense({ units: 3 }), [7], 21],
    ['a layer without kernels', maxPool2d({ size: 2 }), [1, 4, 4], 0],
  ])('of %s', (_, layer, input, expected) => {
    expect(modelCosts(sequential({ input }, [layer])).multiplyAdds).toBe(expected);
  });

  test('of ResNet-20', () => {
    const { statistics, ...costs } = modelCosts(resnet20());
    // The paper gives no number. These are the first convolution, the stages, and the dense layer.
    const stage = (filters: number, size: number) => 6 * size ** 2 * 9 * filters ** 2;
    const halved = (filters: number, size: number) => stage(filters, size) - (size ** 2 * 9 * filters ** 2) / 2;
    const multiplyAdds = 32 ** 2 * 27 * 16 + stage(16, 32) + halved(32, 16) + halved(64, 8) + 640;
    expect(costs).toEqual({ parameters: 269_722, multiplyAdds });
    expect(statistics).toBe(2 * (7 * 16 + 6 * 32 + 6 * 64));
  });
});

describe('memory', () => {
  test('of ResNet-20: the workspace, which includes gradients, is less than half of the sum of its activations', () => {
    const { workspace, activations } = memoryUse(resnet20());
    expect(workspace).toBeLessThan(0.45 * activations);
  });

  test('has a copy of the parameters for each slot of the optimizer', () => {
    const { state, gradients } = memoryUse(lenet5());
    expect(state).toBe(2 * gradients);
    expect(memoryUse(lenet5(), { optimizer: adam() }).state).toBe(3 * gradients);
    expect(gradients).toBeGreaterThanOrEqual(4 * 61_706);
    expect(gradients).toBeLessThan(4 * 61_706 + 10 * 64);
  });
});

/** The table of layers and the table of memory. */
const tables = (text: string) => text.split('\n\n').map((table) => table.split('\n'));

describe('summary', () => {
  test('of lenet5', () => {
    const [layers, memory = []] = tables(summary(lenet5()));
    expect(layers).toEqual([
      'layer        output        parameters  multiply-adds',
      '────────────────────────────────────────────────────',
      'input        [1, 28, 28]',
      'conv2d_1     [6, 28, 28]          156        117,600',
      'relu_1       [6, 28, 28]            0              0',
      'maxPool2d_1  [6, 14, 14]            0              0',
      'conv2d_2     [16, 10, 10]       2,416        240,000',
      'relu_2       [16, 10, 10]           0              0',
      'maxPool2d_2  [16, 5, 5]             0              0',
      'flatten_1    [400]                  0              0',
      'dense_1      [120]             48,120         48,000',
      'relu_3       [120]                  0              0',
      'dense_2      [84]              10,164         10,080',
      'relu_4       [84]                   0              0',
      'dense_3      [10]                 850            840',
      '────────────────────────────────────────────────────',
      'total                          61,706        416,520',
    ]);
    const { state, gradients, workspace, activations } = memoryUse(lenet5());
    const numbers = [state, gradients, workspace, activations].map((bytes) => `${Math.ceil(bytes / 1024)}`);
    expect(memory.flatMap((line) => line.match(/\d+$/) ?? [])).toEqual(numbers);
    expect(memory.at(-1)).toContain(` ${Math.round((100 * workspace) / activations)} % `);
  });

  test('of a graph names the layers that feed a layer, unless that is the layer before it, and counts running statistics separately', () => {
    const model = graph({ input: [2, 4, 4] }, (image) => {
      const branch = image.to(conv2d({ filters: 2, kernelSize: 1, useBias: false }), batchNorm2d());
      return branch.merge(add(), image, image.to(relu({ name: 'positive' }))).to(flatten());
    });
    expect(tables(summary(model))[0]).toEqual([
      'layer          from                            output     parameters  statistics  multiply-adds',
      '───────────────────────────────────────────────────────────────────────────────────────────────',
      'input                                          [2, 4, 4]',
      'conv2d_1                                       [2, 4, 4]           4           0             64',
      'batchNorm2d_1                                  [2, 4, 4]           4           4              0',
      'positive       input                           [2, 4, 4]           0           0              0',
      'add_1          batchNorm2d_1, input, positive  [2, 4, 4]           0           0              0',
      'flatten_1                                      [32]                0           0              0',
      '───────────────────────────────────────────────────────────────────────────────────────────────',
      'total                                                              8           4             64',
    ]);
  });

  test('of a model of several outputs', () => {
    const model = graph({ input: [3] }, (x) => [x.to(dense({ units: 2 })), x.to(dense({ units: 2 }))]);
    expect(tables(summary(model))[0]?.at(-1)).toMatch(/^total +16 +12$/);
  });
});
