// The operands that belong to an exchange: partials and the number of blocks. Compiling a model rejects calls that cannot have them.
import { kernel, repeated, scalars } from '@convoy/kernels';
import { type BufferLocation, type Call, call, type LayerContext } from '@convoy/layers';
import { describe, test } from 'vitest';
import { expectConvoyError } from './expectations.ts';
import {
  type Compile,
  callOf,
  combine,
  compileLayer,
  contribute,
  counted,
  expectRejected,
  OF_THE_SHAPE,
  ofShard,
  type Rejection,
  right,
  withCall,
  withFactors,
} from './operand-layer.ts';

describe('a partial', () => {
  const inForward = (numbers: number, partialFloats: number) => (context: LayerContext) => ({
    ...right(context),
    forward: [
      call(contribute(numbers), { x: context.x, partial: context.partial }),
      { scope: 'batch', partialFloats, combine: [] } as const,
      ...right(context).forward.slice(2),
    ],
  });
  const tooLarge = {
    given: "passes 12 bytes (the partial of mine) as the operand 'partial'",
    expected: 'at least 16 bytes',
    fix: OF_THE_SHAPE,
  } satisfies Rejection;

  test('of the size of the exchange is accepted', () => compileLayer(inForward(4, 4)));

  test('larger than that of the exchange is rejected', () =>
    expectRejected(() => compileLayer(inForward(4, 3)), 'mine', 'contribute', tooLarge));

  test('larger than that of the exchange is rejected in backward', () => {
    const compile: Compile = (context) => ({
      ...right(context),
      backward: () => [
        call(contribute(4), { x: context.x, partial: context.partial }),
        { scope: 'shard', partialFloats: 3, combine: [] },
      ],
    });
    expectRejected(() => compileLayer(compile), 'mine', 'contribute', tooLarge);
  });

  test('larger than that of the exchange is rejected in combine', () => {
    const compile: Compile = (context) => {
      const { partial: partials, blocks } = context;
      const combining = call(combine(4), { partials, blocks, total: context.shardMemory(4) });
      return {
        ...right(context),
        forward: [{ scope: 'batch', partialFloats: 3, combine: [combining] }, ...right(context).forward.slice(2)],
      };
    };
    const given = "passes 12 bytes (the partial of mine) as the operand 'partials'";
    expectRejected(() => compileLayer(compile), 'mine', 'combine', { ...tooLarge, given });
  });

  test('larger than that of the second exchange is rejected, although the same call fits the first one', () => {
    const compile: Compile = (context) => {
      const contributing = call(contribute(4), { x: context.x, partial: context.partial });
      const exchange = (partialFloats: number) => ({ scope: 'batch', partialFloats, combine: [] }) as const;
      const forward = [contributing, exchange(4), contributing, exchange(3), ...right(context).forward.slice(2)];
      return { ...right(context), forward };
    };
    expectRejected(() => compileLayer(compile), 'mine', 'contribute', tooLarge);
  });

  const combining =
    (kernel: ReturnType<typeof combine>, partials: (context: LayerContext) => BufferLocation): Compile =>
    (context) => {
      const operands = { partials: partials(context), blocks: context.blocks, total: context.shardMemory(3) };
      const exchange = { scope: 'batch', partialFloats: 3, combine: [call(kernel, operands)] } as const;
      return { ...right(context), forward: [exchange, ...right(context).forward.slice(2)] };
    };
  const apart = {
    expected: 'the partials of an exchange, which lie 16 floats apart',
    fix: 'Pass context.partial, and make the kernel with partialStride(partialFloats).',
  };

  test('at another distance from the next one is rejected', () => {
    const operands = { partials: repeated(scalars(3), 3), blocks: 'index', total: scalars(3) } as const;
    const combineDense = kernel('combineDense', operands, () => {});
    const compile = () => compileLayer(combining(combineDense, ({ partial }) => partial));
    const given = "passes the partial of mine as the operand 'partials', whose arrays lie 3 elements apart";
    expectRejected(compile, 'mine', 'combineDense', { ...apart, given });
  });

  test('is the only memory of which a call may take a number of arrays', () => {
    const compile = () => compileLayer(combining(combine(3), ({ shardMemory }) => shardMemory(3)));
    const given = "passes shard memory of mine as the operand 'partials', whose arrays lie 16 elements apart";
    expectRejected(compile, 'mine', 'combine', { ...apart, given });
  });

  const withoutExchange = {
    given: "passes the partial of mine as the operand 'partial', although no exchange follows",
    expected: 'an exchange after the calls that use the partial',
    fix: 'Add the exchange, or use scratch memory.',
  } satisfies Rejection;

  test.each(['forward', 'inference', 'recompute', 'backward'] as const)(
    'without an exchange is rejected in %s',
    (work) => {
      const compile: Compile = (context) => {
        const extra = call(contribute(3), { x: context.x, partial: context.partial });
        return withCall(work, context, extra);
      };
      expectRejected(() => compileLayer(compile), 'mine', 'contribute', withoutExchange);
    },
  );
});

describe('memory', () => {
  test.each<[string, (context: LayerContext) => BufferLocation, string]>([
    ['x', ({ x }) => x, 'dense_1'],
    ['y', ({ y }) => y, 'mine'],
    ['scratch memory', ({ scratch }) => scratch(48), 'scratch of mine'],
  ])('of one block is out of reach of combine: %s', (_, location, name) => {
    const compile: Compile = (context) =>
      withCall('combine', context, withFactors(ofShard(context), { x: location(context) }));
    expectRejected(() => compileLayer(compile), 'mine', 'scaled', {
      given: `passes ${name} as the operand 'x', which is memory of one block, although the call runs once for a shard`,
      expected: 'partials, memory of the shard, parameters or their gradients',
      fix: 'Pass what combine needs of a block in its partial.',
    });
  });
});

test.each(['forward', 'inference', 'recompute', 'backward'] as const)(
  'the number of blocks is out of reach of %s',
  (work) => {
    const compile: Compile = (context) =>
      withCall(work, context, callOf(counted, { y: context.x, count: context.blocks }));
    expectRejected(() => compileLayer(compile), 'mine', 'counted', {
      given: "passes the number of blocks of an exchange as the operand 'count', although the call combines nothing",
      expected: 'the number of blocks in combine only',
      fix: 'Move the call to the combine of an exchange.',
    });
  },
);

test('a layer with an exchange in evaluation and prediction is rejected', () => {
  const without: Compile = (context) => {
    const { inference: _, ...compiled } = right(context);
    return compiled;
  };
  const given = "layer 'mine', whose forward, without an inference, has an exchange";
  expectConvoyError(() => compileLayer(without), 'CONVOY_LAYER_FAILED', given);
  const exchanging: Compile = (context) => ({
    ...right(context),
    inference: right(context).forward as readonly Call[],
  });
  expectConvoyError(
    () => compileLayer(exchanging),
    'CONVOY_LAYER_FAILED',
    "layer 'mine', whose inference has an exchange",
  );
});
