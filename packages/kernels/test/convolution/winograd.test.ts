// Which convolutions Winograd's algorithm can compute, and for which it is faster.
import { expect, test } from 'vitest';
import { hasWinograd, winogradPays } from '../../src/families/convolution/winograd/choice.ts';
import type { Conv2dShape } from '../../src/shapes.ts';

const plain: Conv2dShape = {
  inChannels: 2,
  outChannels: 3,
  groups: 1,
  height: 6,
  width: 5,
  kernelHeight: 3,
  kernelWidth: 3,
  strideY: 1,
  strideX: 1,
  padTop: 1,
  padLeft: 0,
  padBottom: 2,
  padRight: 1,
  dilationY: 1,
  dilationX: 1,
};

test('which convolutions it can compute', () => {
  expect(hasWinograd(plain)).toBe(true);
  const others: readonly Partial<Conv2dShape>[] = [
    { kernelHeight: 1 },
    { kernelWidth: 6 },
    { strideX: 2 },
    { dilationY: 2 },
    { padLeft: 3 },
    { groups: 2, inChannels: 2, outChannels: 4 },
  ];
  for (const other of others) expect(hasWinograd({ ...plain, ...other }), JSON.stringify(other)).toBe(false);
});

test('in which directions it is faster', () => {
  const directions = ['forward', 'inputGradient', 'weightGradient'] as const;
  const paying = (shape: Partial<Conv2dShape>) =>
    directions.filter((direction) => winogradPays({ ...plain, padLeft: 1, padBottom: 1, ...shape }, direction));
  const wide = { height: 16, width: 16, inChannels: 64, outChannels: 64 };
  expect(paying(wide)).toEqual(directions);
  expect(paying({ ...wide, inChannels: 1, outChannels: 6 })).toEqual([]);
  // With few tiles, the work that is done once per weight is a large part, above all in the weight gradient.
  expect(paying({ ...wide, height: 4, width: 4 })).toEqual(['forward', 'inputGradient']);
  expect(paying({ ...wide, height: 3, width: 3 })).toEqual([]);
  const lenet = { inChannels: 6, outChannels: 16, height: 14, width: 14, kernelHeight: 5, kernelWidth: 5 };
  expect(paying({ ...lenet, padTop: 0, padLeft: 0, padBottom: 0, padRight: 0 })).toEqual(directions);
});
