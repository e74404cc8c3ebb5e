// Reduction of the shards' gradients with the update, against float64.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sgd } from '../src/families/sgd.ts';
import { UPDATE_UNIT } from '../src/families/update.ts';
import * as reference from '../src/reference/index.ts';
import { expectClose, run, values } from './harness.ts';
import { seeds } from './shapes.ts';

const settings = fc.record({
  learningRate: fc.constantFrom(0.01, 0.5),
  momentum: fc.constantFrom(0, 0.9),
  weightDecay: fc.constantFrom(0, 0.1),
  nesterov: fc.boolean(),
});

test('one step over any slice, for any number of shards', () => {
  const units = fc.integer({ min: 0, max: 6 });
  const shardCounts = fc.integer({ min: 1, max: 9 });
  fc.assert(
    fc.property(settings, units, units, shardCounts, fc.nat(2), seeds, (settings, first, length, shards, gap, seed) => {
      const parameters = (first + length + 1) * UPDATE_UNIT;
      const shardStride = parameters + gap * UPDATE_UNIT;
      const weights = values(parameters, seed, 1);
      const velocity = values(parameters, seed, 2);
      const gradients = values(shards * shardStride, seed, 3);
      const untouched = new Float32Array(parameters).fill(7);
      const { learningRate, momentum, weightDecay } = settings;
      const results = run(sgd({ parameters, shardStride, nesterov: settings.nesterov }), [
        new Float32Array(weights),
        new Float32Array(velocity),
        new Float32Array(gradients),
        untouched,
        untouched,
        ...[first, first + length, shards],
        ...[learningRate, momentum, weightDecay],
      ]);

      const shardGradients = Array.from({ length: shards }, (_, s) => gradients.subarray(s * shardStride));
      const expected = reference.sgd(settings, { parameters: weights, velocity }, shardGradients);
      const inSlice = (_: number, i: number) => i >= first * UPDATE_UNIT && i < (first + length) * UPDATE_UNIT;
      const outside = (value: number, i: number) => !inSlice(value, i);
      const [w, v, , nextWeights, nextVelocity] = results;
      expectClose(nextWeights!.filter(inSlice), expected.parameters.filter(inSlice), 1e-6);
      expectClose(nextVelocity!.filter(inSlice), expected.velocity.filter(inSlice), 1e-6);
      expect(nextWeights!.filter(outside).every((x) => x === 7)).toBe(true);
      expect(nextVelocity!.filter(outside).every((x) => x === 7)).toBe(true);
      expect(w).toEqual(new Float32Array(weights));
      expect(v).toEqual(new Float32Array(velocity));
    }),
  );
});
