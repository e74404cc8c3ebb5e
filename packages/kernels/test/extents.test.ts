// The extents that kernels declare: nothing beyond them is touched (the interpreter and the harness see to that), and no memory is asked for
// that a kernel does not touch.
import { expect, test } from 'vitest';
import { load, loadScalar } from '../src/language/floats.ts';
import { kernel } from '../src/language/kernel-builder.ts';
import { cells, repeated, scalars } from '../src/language/operands.ts';
import { run } from './harness.ts';
import { interpret } from './interpreter.ts';
import { programs } from './programs.ts';

/** Memory of a fixed layout, of which some kernels use a part; and planes whose frame is not read. */
const PARTLY_USED: ReadonlySet<string> = new Set([
  'normalize moments',
  'blockGradientSums moments',
  'runningMoments moments',
  'normalizeByConstantsGradient moments',
  'normOverChannels saved',
  'normOverChannelsScaleGradient saved',
  'zeroPad2dInputGradient dy',
  'crop2d x',
  'crop2dInputGradient x',
]);

test('each operand but scratch memory is touched up to its extent, in some case of its kernel', () => {
  const reached = new Map<string, boolean>();
  for (const [program, args] of programs) {
    const touched = new Map();
    interpret(program, args, touched);
    for (const parameter of program.parameters) {
      if (parameter.kind !== 'buffer' || parameter.name === 'scratch') continue;
      const key = `${program.name} ${parameter.name}`;
      reached.set(key, reached.get(key) || touched.get(parameter.buffer) === parameter.buffer.extent);
    }
  }
  const short = [...reached].filter(([key, isReached]) => !isReached && !PARTLY_USED.has(key)).map(([key]) => key);
  expect(short).toEqual([]);
});

const copy = (extent: number) =>
  kernel('copy', { x: cells(extent), y: cells(3) }, (k, { x, y }) =>
    k.loop('i', 0, 3, (i) => k.store(y(i), load(x(i)))),
  );

test('a kernel that declares too little is found out', () => {
  const args = [new Float32Array(24), new Float32Array(24)];
  expect(() => interpret(copy(3), args)).not.toThrow();
  expect(() => interpret(copy(2), args)).toThrow("'x' declares an extent of 16");
  expect(() => run(copy(3), args)).not.toThrow();
  expect(() => run(copy(2), args)).toThrow("elements of 'x' of 'copy'");
});

test('of several arrays, the extent is the extent of each', () => {
  const first = (extent: number) =>
    kernel('first', { x: repeated(scalars(extent), 4), n: 'index', y: scalars(1) }, (k, { x, n, y }) =>
      k.loop('i', 0, n, (i) => k.storeScalar(y(0), loadScalar(x(i, 1)))),
    );
  const args = [Float32Array.of(0, 1, 2, 3, 4, 5, 6, 7), 2, new Float32Array(1)];
  expect(interpret(first(2), args)[1]).toEqual(Float32Array.of(5));
  expect(() => interpret(first(1), args)).toThrow("'x' declares an extent of 1, element 1 is beyond");
});
