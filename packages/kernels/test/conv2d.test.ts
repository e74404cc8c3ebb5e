// Convolution and its gradients against float64, over random shapes.
import fc from 'fast-check';
import { describe, test } from 'vitest';
import { relu, sigmoid } from '../src/families/activations/activation.ts';
import { conv2d, conv2dInputGradient } from '../src/families/convolution/conv2d.ts';
import * as reference from '../src/reference/index.ts';
import { type Conv2dShape, outputHeight, outputWidth } from '../src/shapes.ts';
import { direct } from './checks/convolution.ts';
import { expectClose, fromCells, run, SAMPLES, toCells, values } from './harness.ts';
import { conv2dShapes, seeds } from './shapes.ts';

describe('over random shapes', () => {
  test('conv2d', () => {
    fc.assert(
      fc.property(conv2dShapes, seeds, fc.boolean(), fc.boolean(), (...problem) => direct.forward(...problem)),
      { numRuns: 60 },
    );
  });

  test('conv2dInputGradient', () => {
    fc.assert(
      fc.property(conv2dShapes, seeds, fc.boolean(), (...problem) => direct.inputGradient(...problem)),
      { numRuns: 60 },
    );
  });

  test('conv2dWeightGradient', () => {
    fc.assert(
      fc.property(conv2dShapes, seeds, fc.boolean(), (...problem) => direct.weightGradient(...problem)),
      { numRuns: 60 },
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
  const x = reference.relu(values(SAMPLES * 3 * 5 * 6, 1, 1));
  const w = values(5 * 3 * 3 * 2, 1, 2);
  const dy = values(SAMPLES * 5 * outputHeight(shape) * outputWidth(shape), 1, 3);

  test('conv2d applies its own', () => {
    const kernel = conv2d(shape, { activation: sigmoid, useBias: false });
    const y = run(kernel, [toCells(x), new Float32Array(w), toCells(dy)]).at(-1)!;
    expectClose(fromCells(y), reference.sigmoid(reference.conv2d(shape, SAMPLES, x, w)));
  });

  test('conv2dInputGradient applies the derivative of the one that made its input', () => {
    const kernel = conv2dInputGradient(shape, relu);
    const dx = run(kernel, [toCells(dy), new Float32Array(w), toCells(x), toCells(x)]).at(-1)!;
    expectClose(fromCells(dx), reference.reluGradient(x, reference.conv2dInputGradient(shape, SAMPLES, w, dy)));
  });
});
