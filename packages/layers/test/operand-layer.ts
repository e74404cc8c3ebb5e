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
  constantInitializer,
  defineLayer,
  dense,
  type LayerContext,
  meanSquaredError,
  partialStride,
  sequential,
  sgd,
} from '@convoy/layers';
import { compilePlan } from '@convoy/layers/compile';
import { expect } from 'vitest';
import { expectConvoyError } from './expectations.ts';

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

/** The `compile` of a layer's definition. */
export type Compile = (context: LayerContext) => CompiledLayer;

/** Compiles a model with a user's layer 'mine'. */
export function compileLayer(compile: Compile): void {
  const parameter = { initializer: constantInitializer(1), fanIn: 1, fanOut: 1 };
  const mine = defineLayer({
    type: 'mine',
    settings: () => ({}),
    outputShape: (_settings, [input]) => input,
    parameters: () => [
      { name: 'factors', shape: [3], ...parameter },
      { name: 'single', shape: [1], ...parameter },
    ],
    compile: (_settings, context) => compile(context),
    reference: { forward: (_settings, _inputs, _batch, [x]) => x, backward: () => ({ inputs: [], parameters: {} }) },
  });
  const model = sequential({ input: [FEATURES] }, [dense({ units: FEATURES }), mine({ name: 'mine' })]);
  compilePlan(model, { loss: meanSquaredError(), optimizer: sgd({ learningRate: 0.1 }) });
}

/** The lists of work of a layer. */
export const WORKS = ['forward', 'inference', 'recompute', 'backward', 'combine'] as const;

/** `right` with one more call at the end of one of its lists of work. */
export function withCall(work: (typeof WORKS)[number], context: LayerContext, extra: Call): CompiledLayer {
  const compiled = right(context);
  if (work === 'backward') return { ...compiled, backward: () => [...compiled.backward(), extra] };
  if (work !== 'combine') return { ...compiled, [work]: [...(compiled[work] ?? []), extra] };
  const forward = compiled.forward.map((each) =>
    'combine' in each ? { ...each, combine: [...each.combine, extra] } : each,
  );
  return { ...compiled, forward };
}

/** A call of `scaled` with the right operands, except for some. */
export const withFactors = (context: LayerContext, operands: object) =>
  callOf(scaled(FEATURES), { x: context.x, s: context.parameter('factors'), y: context.y, ...operands });

/** The same context with memory of the shard for x and y: combine has no other. */
export const ofShard = (context: LayerContext): LayerContext => {
  const floats = 8 * FEATURES;
  return { ...context, x: context.shardMemory(floats), y: context.shardMemory(floats) };
};

/** How the message of a rejected call continues after the names of its layer and kernel. */
export interface Rejection {
  readonly given: string;
  readonly expected: string;
  readonly fix: string;
}

export const OF_THE_SHAPE = 'Pass a buffer of the shape that the kernel was made for.';

/** Fails unless compiling rejects the call, with a message that names the layer, the kernel and the operand, and says how to fix it. */
export function expectRejected(
  compile: () => void,
  layer: string,
  kernelName: string,
  { given, expected, fix }: Rejection,
): void {
  const whole = `layer '${layer}', whose call of the kernel '${kernelName}' ${given}`;
  expectConvoyError(compile, 'CONVOY_LAYER_FAILED', whole);
  expect(compile).toThrow(`Given ${whole}; expected ${expected}. ${fix}`);
}

/** A kernel that takes an integer. */
export const counted = kernel('counted', { y: cells(1), count: 'index' }, () => {});
