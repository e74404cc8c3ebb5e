// Pointwise convolution over random shapes: the numbers of the direct form, bit for bit.
import fc from 'fast-check';
import { test } from 'vitest';
import { checkConv2dPointwise, checkConv2dPointwiseInputGradient } from './checks/conv2d-pointwise.ts';
import { pointwiseShapes, seeds } from './shapes.ts';

test('conv2dPointwise', () => {
  fc.assert(
    fc.property(pointwiseShapes, seeds, fc.boolean(), fc.boolean(), (...problem) => checkConv2dPointwise(...problem)),
    { numRuns: 60 },
  );
});

test('conv2dPointwiseInputGradient', () => {
  fc.assert(
    fc.property(pointwiseShapes, seeds, fc.boolean(), (...problem) => checkConv2dPointwiseInputGradient(...problem)),
    { numRuns: 60 },
  );
});
