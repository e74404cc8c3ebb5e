// The operands of a kernel, in its type and at run time.
import { expect, test } from 'vitest';
import {
  adamRule,
  type Conv2dShape,
  concat,
  conv2d,
  convolutionKernels,
  gather,
  type Kernel,
  type OperandsOf,
  outputHeight,
  outputWidth,
  reduceGradients,
  updateKernel,
} from '../../src/index.ts';

const shape: Conv2dShape = {
  inChannels: 2,
  outChannels: 3,
  groups: 1,
  height: 4,
  width: 5,
  kernelHeight: 3,
  kernelWidth: 2,
  strideY: 1,
  strideX: 1,
  padTop: 0,
  padLeft: 0,
  padBottom: 0,
  padRight: 0,
  dilationY: 1,
  dilationX: 1,
};

/** Accepts a kernel and values for its operands, like the functions of callers. */
const call = <K extends Kernel>(kernel: K, operands: OperandsOf<K, string, bigint>) => [kernel.name, operands];

test('a missing, unknown or misspelled operand is a type error', () => {
  const convolution = conv2d(shape);
  call(convolution, { x: 'x', w: 'w', bias: 'b', y: 'y' });
  call(convolution, { x: 'x', w: 'w', y: 'y' });
  // @ts-expect-error y is missing
  call(convolution, { x: 'x', w: 'w' });
  // @ts-expect-error kernel is unknown
  call(convolution, { x: 'x', w: 'w', kernel: 'w', y: 'y' });
  // @ts-expect-error a buffer takes no number
  call(convolution, { x: 'x', w: 'w', y: 1 });

  const { forward } = convolutionKernels(shape);
  call(forward.family(shape), { x: 'x', w: 'w', scratch: 's', y: 'y' });
  // @ts-expect-error w is missing
  call(forward.family(shape), { x: 'x', y: 'y' });

  call(concat([2, 3]), { x1: 'a', x2: 'b', y: 'y' });
  // @ts-expect-error y is missing
  call(concat([2, 3]), { x1: 'a', x2: 'b' });
  // @ts-expect-error z1 is unknown
  call(concat([2, 3]), { x1: 'a', z1: 'b', y: 'y' });

  const reduction = reduceGradients({ parameters: 16, shardStride: 16, chunkUnits: 1 });
  call(reduction, { gradients: 'g', norms: 'n', first: 0n, last: 1n, shards: 1n });
  // @ts-expect-error an integer takes no buffer
  call(reduction, { gradients: 'g', norms: 'n', first: 'f', last: 1n, shards: 1n });

  const update = updateKernel(adamRule(true), { parameters: 16, shardStride: 16 });
  const always = { w: 'w', gradients: 'g', 'next w': 'n', first: 0n, last: 1n, shards: 1n };
  call(update, { ...always, mean: 'm', 'next mean': 'n', epsilon: 1 });
  // @ts-expect-error the gradients are missing
  call(update, { ...always, gradients: undefined });
});

test('any kernel is a Kernel, whose operands are not known', () => {
  const any: Kernel = conv2d(shape);
  call(any, { whatever: 'x' });
});

test('parameters have names, kinds and extents, in the order of the declaration', () => {
  const { parameters } = conv2d(shape, { useBias: false });
  expect(parameters.map(({ name, kind }) => [name, kind])).toEqual([
    ['x', 'buffer'],
    ['w', 'buffer'],
    ['y', 'buffer'],
  ]);
  const extents = parameters.map((parameter) => parameter.kind === 'buffer' && parameter.buffer.extent);
  expect(extents).toEqual([2 * 4 * 5 * 8, 3 * 2 * 3 * 2, 3 * outputHeight(shape) * outputWidth(shape) * 8]);

  const rows = gather({ source: 'u8', channels: 2, area: 3, scale: [1, 1], offset: [0, 0] }).parameters[0];
  expect(rows).toEqual({ name: 'rows', kind: 'buffer', buffer: { name: 'rows', element: 'u8', extent: 48 } });

  const reduction = reduceGradients({ parameters: 32, shardStride: 48, chunkUnits: 1 });
  expect(reduction.parameters.map(({ name, kind }) => [name, kind])).toEqual([
    ['gradients', 'buffer'],
    ['norms', 'buffer'],
    ['first', 'index'],
    ['last', 'index'],
    ['shards', 'index'],
  ]);
  expect(reduction.parameters[0]).toMatchObject({ buffer: { extent: 32, itemStride: 48 } });
});
