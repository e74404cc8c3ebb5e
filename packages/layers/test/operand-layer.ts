// A user's layer for tests of operands: its kernels, and its calls with the right operands.
import {
  cells,
  type Kernel,
  kernel,
  load,
  loadScalar,
  multiply,
  repeated,
  scalarAdd,
  scalarMultiply,
  scalars,
  splat,
  sumLanes,
} from '@convoy/kernels';
import {
  accumulatingCall,
  type BufferLocation,
  type Call,
  type CompiledLayer,
  call,
  type LayerContext,
  partialStride,
} from '@convoy/layers';

export const FEATURES = 6;

/** y = s[0] · s[1] · s[2] · x */
export const scaled = (count: number) =>
  kernel('scaled', { x: cells(count), s: scalars(3), y: cells(count) }, (k, { x, s, y }) => {
    const factor = scalarMultiply(loadScalar(s(0)), scalarMultiply(loadScalar(s(1)), loadScalar(s(2))));
    k.loop('i', 0, count, (i) => k.store(y(i), multiply(splat(factor), load(x(i)))));
  });

/** ds = the first cell of x · dy; `numbers` of them are stored. */
export const gradient = (numbers: number, accumulate: boolean) =>
  kernel('gradient', { x: cells(1), dy: cells(1), ds: scalars(numbers) }, (k, { x, dy, ds }) => {
    const sum = sumLanes(multiply(load(x(0)), load(dy(0))));
    k.loop('i', 0, numbers, (i) => k.storeScalar(ds(i), accumulate ? scalarAdd(loadScalar(ds(i)), sum) : sum));
  });

/** What one block contributes to an exchange: `numbers` sums. */
export const contribute = (numbers: number) =>
  kernel('contribute', { x: cells(1), partial: scalars(numbers) }, (k, { x, partial }) =>
    k.loop('i', 0, numbers, (i) => k.storeScalar(partial(i), sumLanes(load(x(0))))),
  );

/** total = Σ partials */
export const combine = (numbers: number) =>
  kernel(
    'combine',
    {
      partials: repeated(scalars(numbers), partialStride(numbers)),
      blocks: 'index',
      total: scalars(numbers),
    },
    (k, { partials, blocks, total }) =>
      k.loop('i', 0, numbers, (i) => {
        k.storeScalar(total(i), loadScalar(partials(0, i)));
        k.loop('block', 1, blocks, (block) =>
          k.storeScalar(total(i), scalarAdd(loadScalar(total(i)), loadScalar(partials(block, i)))),
        );
      }),
  );

/** Calls with the right operands, of a layer with the parameters `factors` [3] and `single` [1]. */
export const right = (context: LayerContext): CompiledLayer & { readonly inference: readonly Call[] } => {
  const { x, y, outputGradient: dy, inputGradient, partial, blocks } = context;
  const s = context.parameter('factors');
  const total = context.shardMemory(3);
  const forward = call(scaled(FEATURES), { x, s, y });
  return {
    forward: [
      call(contribute(3), { x, partial }),
      { scope: 'batch', partialFloats: 3, combine: [call(combine(3), { partials: partial, blocks, total })] },
      forward,
    ],
    inference: [forward],
    recompute: [call(scaled(FEATURES), { x, s, y })],
    backward: () => [
      accumulatingCall((accumulate) => gradient(3, accumulate), { x, dy, ds: context.gradient('factors') }),
      call(scaled(FEATURES), { x: dy, s, y: inputGradient as BufferLocation }),
    ],
  };
};

/** A call as JavaScript can make it: TypeScript would reject its operands. */
export const callOf = (kernel: Kernel, operands: object): Call => call(kernel, operands as never);
