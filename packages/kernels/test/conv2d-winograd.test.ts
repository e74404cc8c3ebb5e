// Winograd's convolution against float64, over random shapes: paddings, odd sizes, planes smaller than a tile.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hasWinograd } from '../src/families/conv2d-winograd.ts';
import type { Conv2dShape } from '../src/shapes.ts';
import { checkConv2dWinograd, checkConv2dWinogradInputGradient } from './checks/conv2d-winograd.ts';
import { seeds, winogradShapes } from './shapes.ts';

test('conv2dWinograd', () => {
  fc.assert(
    fc.property(winogradShapes, seeds, fc.boolean(), fc.boolean(), (...problem) => checkConv2dWinograd(...problem)),
    { numRuns: 60 },
  );
});

test('conv2dWinogradInputGradient', () => {
  fc.assert(
    fc.property(winogradShapes, seeds, fc.boolean(), (...problem) => checkConv2dWinogradInputGradient(...problem)),
    { numRuns: 60 },
  );
});

test('which convolutions have the form', () => {
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
  expect(hasWinograd(plain)).toBe(true);
  const others: readonly Partial<Conv2dShape>[] = [
    { kernelHeight: 2 },
    { kernelWidth: 5 },
    { strideX: 2 },
    { dilationY: 2 },
    { padLeft: 3 },
    { groups: 2, inChannels: 2, outChannels: 4 },
  ];
  for (const other of others) expect(hasWinograd({ ...plain, ...other }), JSON.stringify(other)).toBe(false);
});
