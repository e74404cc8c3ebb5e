// Convolution and its gradients against float64, over random shapes.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { relu } from '../src/families/activation.ts';
import { conv2d, conv2dInputGradient } from '../src/families/conv2d.ts';
import * as reference from '../src/reference/index.ts';
import type { Conv2dShape } from '../src/shapes.ts';
import { checkConv2d, checkConv2dInputGradient, checkConv2dKernelGradient } from './checks/conv2d.ts';
import { expectClose, fromCells, run, toCells, values } from './harness.ts';
import { conv2dShapes, seeds } from './shapes.ts';

describe('over random shapes', () => {
  test('conv2d', () => {
    fc.assert(fc.property(conv2dShapes, seeds, fc.boolean(), checkConv2d), { numRuns: 60 });
  });

  test('conv2dInputGradient', () => {
    fc.assert(fc.property(conv2dShapes, seeds, (shape, seed) => checkConv2dInputGradient(shape, seed)), { numRuns: 60 });
  });

  test('conv2dKernelGradient', () => {
    fc.assert(fc.property(conv2dShapes, seeds, fc.boolean(), checkConv2dKernelGradient), { numRuns: 60 });
  });
});
