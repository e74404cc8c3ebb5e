// Normalizations of each sample by itself against float64, over random shapes.
import fc from 'fast-check';
import { describe, test } from 'vitest';
import { relu, sigmoid } from '../src/families/activations/activation.ts';
import * as reference from '../src/reference/index.ts';
import {
  checkNorm,
  checkNormInputGradient,
  checkNormScaleGradient,
  groupNorm,
  normOverChannels,
  savedOf,
} from './checks/sample-norm.ts';
import { expectClose, fromCells, run, SAMPLES, toCells, values } from './harness.ts';
import { groupNormShapes, seeds } from './shapes.ts';

const used = fc.record({ useScale: fc.boolean(), useOffset: fc.boolean() });

describe.each([
  ['groupNorm', groupNorm],
  ['normOverChannels', normOverChannels],
])('%s', (_, norm) => {
  describe('over random shapes', () => {
    test('forward', () => {
      fc.assert(fc.property(groupNormShapes, seeds, used, (shape, seed, which) => checkNorm(norm, shape, seed, which)));
    });

    test('gradient at the scale', () => {
      fc.assert(
        fc.property(groupNormShapes, seeds, fc.boolean(), (shape, seed, accumulate) =>
          checkNormScaleGradient(norm, shape, seed, accumulate),
        ),
      );
    });

    test('gradient at the input', () => {
      fc.assert(
        fc.property(groupNormShapes, seeds, fc.boolean(), (shape, seed, useScale) =>
          checkNormInputGradient(norm, shape, seed, useScale),
        ),
      );
    });
  });

  const shape = { channels: 4, area: 6, groups: 2, epsilon: 1e-3 };
  const none = { useScale: false, useOffset: false };
  const x = values(SAMPLES * 24, 1, 1);
  const saved = savedOf(norm, shape, x);

  test('applies an activation to its output', () => {
    const y = run(norm.forward(shape, { ...none, activation: relu }), [toCells(x), saved, toCells(x)]).at(-1)!;
    expectClose(fromCells(y), reference.relu(norm.twins.forward(shape, SAMPLES, x)));
  });

  test('goes back through the activation that made its input', () => {
    const dy = values(SAMPLES * 24, 1, 2);
    const kernel = norm.inputGradient(shape, { ...none, activation: sigmoid });
    const dx = run(kernel, [toCells(x), toCells(dy), saved, toCells(x)]).at(-1)!;
    expectClose(fromCells(dx), reference.sigmoidGradient(x, norm.twins.inputGradient(shape, SAMPLES, x, dy)));
  });

  test('keeps its accuracy far from 0, where Σ x² − (Σ x)² / n would lose it', () => {
    const far = x.map((v) => Math.fround(100 + v));
    const y = run(norm.forward(shape, none), [toCells(far), saved, toCells(far)]).at(-1)!;
    expectClose(fromCells(y), norm.twins.forward(shape, SAMPLES, far), 1e-4);
  });
});
