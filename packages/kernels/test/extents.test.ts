// The extents that kernels declare. The interpreter and the harness reject kernels that touch elements beyond; here, no
// kernel asks for memory that it does not touch.
import { expect, test } from 'vitest';
import { load, loadScalar } from '../src/language/floats.ts';
import { kernel } from '../src/language/kernel-builder.ts';
import { cells, repeated, scalars } from '../src/language/operands.ts';
import { examples } from './cases/table.ts';
import { run } from './harness.ts';
import { interpret } from './interpreter.ts';

/** Memory with a fixed layout, of which some kernels use a part, and planes with a frame that is not read. */
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

test('each operand except scratch memory is touched up to its extent in some example of its kernel', () => {
  const reached = new Map<string, boolean>();
  for (const { kernel, contents } of examples.flatMap(({ problems }) => problems().slice(0, 1))) {
    const touched = new Map();
    interpret(kernel, contents, touched);
    for (const parameter of kernel.parameters) {
      if (parameter.kind !== 'buffer' || parameter.name === 'scratch') continue;
      const key = `${kernel.name} ${parameter.name}`;
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

test('a kernel that declares too little is rejected', () => {
  const contents = { x: new Float32Array(24), y: new Float32Array(24) };
  expect(() => interpret(copy(3), contents)).not.toThrow();
  expect(() => interpret(copy(2), contents)).toThrow("'x' declares an extent of 16");
  expect(() => run(copy(3), contents)).not.toThrow();
  expect(() => run(copy(2), contents)).toThrow("elements of 'x' of 'copy'");
});

test('of several arrays, the extent is the extent of each', () => {
  const first = (extent: number) =>
    kernel('first', { x: repeated(scalars(extent), 4), n: 'index', y: scalars(1) }, (k, { x, n, y }) =>
      k.loop('i', 0, n, (i) => k.storeScalar(y(0), loadScalar(x(i, 1)))),
    );
  const contents = { x: Float32Array.of(0, 1, 2, 3, 4, 5, 6, 7), n: 2, y: new Float32Array(1) };
  const { y } = interpret(first(2), contents);
  expect(y).toEqual(Float32Array.of(5));
  expect(() => interpret(first(1), contents)).toThrow("'x' declares an extent of 1, element 1 is beyond");
});
