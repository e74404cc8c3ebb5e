// Kernels that make planes larger or smaller against float64, over random shapes.
import fc from 'fast-check';
import { describe, test } from 'vitest';
import { relu, sigmoid } from '../src/families/activations/activation.ts';
import { conv2dTranspose, conv2dTransposeInputGradient } from '../src/families/convolution/conv2d-transpose.ts';
import * as reference from '../src/reference/index.ts';
import { type Conv2dShape, outputHeight, outputWidth } from '../src/shapes.ts';
import * as checks from './checks/spatial.ts';
import { expectClose, fromCells, run, SAMPLES, toCells, values } from './harness.ts';
import { adaptivePool2dShapes, conv2dShapes, frame2dShapes, seeds, upsample2dShapes } from './shapes.ts';

describe('over random shapes', () => {
  test('conv2dTranspose', () => {
    fc.assert(
      fc.property(conv2dShapes, seeds, fc.boolean(), (...problem) => checks.checkConv2dTranspose(...problem)),
      { numRuns: 60 },
    );
  });

  test('conv2dTransposeInputGradient', () => {
    fc.assert(
      fc.property(conv2dShapes, seeds, (...problem) => checks.checkConv2dTransposeInputGradient(...problem)),
      { numRuns: 60 },
    );
  });

  test('adaptiveAvgPool2d and its gradient', () => {
    fc.assert(
      fc.property(adaptivePool2dShapes, seeds, (shape, seed) => {
        checks.checkAdaptiveAvgPool2d(shape, seed);
        checks.checkAdaptiveAvgPool2dInputGradient(shape, seed);
      }),
    );
  });

  test('upsampleNearest2d and its gradient', () => {
    fc.assert(
      fc.property(upsample2dShapes, seeds, (shape, seed) => {
        checks.checkUpsampleNearest2d(shape, seed);
        checks.checkUpsampleNearest2dInputGradient(shape, seed);
      }),
    );
  });

  test('upsampleBilinear2d and its gradient', () => {
    fc.assert(
      fc.property(upsample2dShapes, seeds, (shape, seed) => {
        checks.checkUpsampleBilinear2d(shape, seed);
        checks.checkUpsampleBilinear2dInputGradient(shape, seed);
      }),
    );
  });

  test('zeroPad2d, crop2d and their gradients', () => {
    fc.assert(
      fc.property(frame2dShapes, seeds, (shape, seed) => {
        checks.checkZeroPad2d(shape, seed);
        checks.checkZeroPad2dInputGradient(shape, seed);
        checks.checkCropping2d(shape, seed);
        checks.checkCropping2dInputGradient(shape, seed);
      }),
    );
  });
});

describe('activations', () => {
  const shape: Conv2dShape = {
    inChannels: 3,
    outChannels: 5,
    groups: 1,
    height: 5,
    width: 6,
    kernelHeight: 3,
    kernelWidth: 2,
    strideY: 2,
    strideX: 1,
    padTop: 1,
    padLeft: 0,
    padBottom: 1,
    padRight: 1,
    dilationY: 1,
    dilationX: 2,
  };
  const x = reference.relu(values(SAMPLES * 5 * outputHeight(shape) * outputWidth(shape), 1, 1));
  const w = values(5 * 3 * 3 * 2, 1, 2);
  const dy = values(SAMPLES * 3 * 5 * 6, 1, 3);

  test('conv2dTranspose applies its own', () => {
    const kernel = conv2dTranspose(shape, { activation: sigmoid, useBias: false });
    const y = run(kernel, [toCells(x), new Float32Array(w), toCells(dy)]).at(-1)!;
    expectClose(fromCells(y), reference.sigmoid(reference.conv2dTranspose(shape, SAMPLES, x, w)));
  });

  test('conv2dTransposeInputGradient applies the derivative of the one that made its input', () => {
    const kernel = conv2dTransposeInputGradient(shape, relu);
    const dx = run(kernel, [toCells(dy), new Float32Array(w), toCells(x), toCells(x)]).at(-1)!;
    const gradient = reference.conv2dTransposeInputGradient(shape, SAMPLES, w, dy);
    expectClose(fromCells(dx), reference.reluGradient(x, gradient));
  });

  test.each([
    ['apart', { channels: 2, height: 4, width: 6, rows: 2, columns: 3 }],
    ['overlapping', { channels: 2, height: 5, width: 4, rows: 3, columns: 6 }],
  ] as const)('adaptiveAvgPool2dInputGradient of bins that are %s applies that derivative', (_, bins) =>
    checks.checkAdaptiveAvgPool2dInputGradient(bins, 1, checks.probe),
  );
});

test('upsampleNearest2d of more copies than are unrolled', () => {
  const shape = { channels: 1, height: 2, width: 3, scaleY: 5, scaleX: 4 };
  checks.checkUpsampleNearest2d(shape, 1);
  checks.checkUpsampleNearest2dInputGradient(shape, 1);
});
