// Pointwise convolution over random shapes: the numbers of the direct form, bit for bit.
import fc from 'fast-check';
import { test } from 'vitest';
import { pointwise } from './checks/convolution.ts';
import { pointwiseShapes, seeds } from './shapes.ts';

test('conv2dPointwise', () => {
  fc.assert(
    fc.property(pointwiseShapes, seeds, fc.boolean(), fc.boolean(), (...problem) => pointwise.forward(...problem)),
    { numRuns: 60 },
  );
});

test('conv2dPointwiseInputGradient', () => {
  fc.assert(
    fc.property(pointwiseShapes, seeds, fc.boolean(), (...problem) => pointwise.inputGradient(...problem)),
    { numRuns: 60 },
  );
});
