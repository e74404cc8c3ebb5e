// The kernels that convert between rows and blocks, and dropout.
import fc from 'fast-check';
import { type GatherShape, gather } from '../../src/families/blocks/gather.ts';
import { scatter } from '../../src/families/blocks/scatter.ts';
import { dropout } from '../../src/families/dropout/dropout.ts';
import * as reference from '../../src/reference/index.ts';
import type { DropoutShape } from '../../src/shapes.ts';
import { expectClose, expectSameBits, fromCells, SAMPLES, toCells, values } from '../harness.ts';
import { seeds } from '../shapes.ts';
import { type KernelCases, kernelCases, type Problem, problem } from './kernel-cases.ts';

function gatherProblem(shape: GatherShape, seed: number): Problem {
  const { source, channels, area } = shape;
  const numbers = values(SAMPLES * channels * area, seed, 1);
  const rows = source === 'f32' ? new Float32Array(numbers) : Uint8Array.from(numbers, (v) => 128 + 128 * v);
  return problem(gather(shape), { rows, x: new Float32Array(rows.length).fill(NaN) }, ({ x }) => {
    expectSameBits(x, toCells(reference.gather(shape, rows)));
  });
}

function scatterProblem(count: number, seed: number): Problem {
  const rows = new Float32Array(values(SAMPLES * count, seed, 1));
  return problem(scatter(count), { x: toCells(rows), rows: rows.map(() => NaN) }, (results) =>
    expectSameBits(results.rows, rows),
  );
}

function dropoutProblem(shape: DropoutShape, seed: number): Problem {
  const keys = Uint32Array.from(values(SAMPLES, seed, 1), (v) => v * 2 ** 31);
  // None is 0, so that a 0 has been dropped.
  const x = values(SAMPLES * shape.cells, seed, 2).map((v) => Math.fround(v + 2));
  return problem(dropout(shape), { x: toCells(x), keys, y: toCells(x).fill(NaN) }, ({ y }) => {
    const kept = fromCells(y).map((value) => Number(value !== 0));
    expectSameBits(kept, reference.dropoutMask(shape, keys));
    expectClose(fromCells(y), reference.dropout(shape, x, keys), 1e-6);
  });
}

const sizes = fc.integer({ min: 1, max: 9 });
const gathers = fc
  .tuple(fc.constantFrom('u8' as const, 'f32' as const), sizes, sizes, seeds)
  .map(([source, channels, area, seed]) => {
    // Some channels share scale and offset with the next, some are copied.
    const scale = Array.from({ length: channels }, (_, c) => [1, 0.3, 0.3, 1 / 255][(seed + c) % 4]!);
    const offset = Array.from({ length: channels }, (_, c) => [0, -0.7, -0.7, 0][(seed + c) % 4]!);
    return [{ source, channels, area, scale, offset }, seed] as const;
  });

const dropoutShapes: fc.Arbitrary<DropoutShape> = fc
  .record({
    channels: fc.integer({ min: 1, max: 40 }),
    area: sizes,
    spatial: fc.boolean(),
    rate: fc.constantFrom(0, 0.1, 0.5, 0.9),
    layerKey: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  })
  .map(({ channels, area, spatial, rate, layerKey }) => ({
    cells: channels * area,
    rate,
    layerKey,
    ...(spatial && { channels }),
  }));

/** One of the draws, 7999748 / 2^24, is so little below the rate that it is kept if its lowest bits are wrong. */
const drop: DropoutShape = { cells: 20, rate: 7_999_749 / 2 ** 24, layerKey: 0xfedcba98 };
const scaled = { channels: 2, area: 3, scale: [0.3, 1], offset: [-0.1, 0] };

export const blockCases = {
  gather: kernelCases(gatherProblem, {
    examples: [
      { title: 'of bytes', problems: [[{ ...scaled, source: 'u8' }, 1]] },
      { title: 'of floats', problems: [[{ ...scaled, source: 'f32' }, 1]] },
    ],
    random: [{ arguments: gathers }],
  }),
  scatter: kernelCases(scatterProblem, {
    examples: [{ problems: [[7, 1]], mutants: false }],
    random: [{ arguments: fc.tuple(fc.integer({ min: 1, max: 40 }), seeds) }],
  }),
  dropout: kernelCases(dropoutProblem, {
    examples: [
      { problems: [[drop, 1]] },
      { title: 'of channels', problems: [[{ ...drop, cells: 60, channels: 20 }, 1]] },
    ],
    random: [{ arguments: fc.tuple(dropoutShapes, seeds) }],
  }),
} satisfies Readonly<Record<string, KernelCases>>;
