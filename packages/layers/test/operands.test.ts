// A call of a kernel names its operands. Compiling a model rejects a call whose operands do not fit, by the names of the layer, the kernel and the
// operand. `unchecked-operands.test.ts` shows what such a call does without the check.
import { cells, type Kernel, kernel, scalars } from '@convoy/kernels';
import { accumulatingCall, type Call, call, type LayerContext } from '@convoy/layers';
import { describe, expect, test } from 'vitest';
import { expectConvoyError } from './expectations.ts';
import {
  type Compile,
  callOf,
  combine,
  compileLayer,
  counted,
  expectRejected,
  FEATURES,
  gradient,
  OF_THE_SHAPE,
  ofShard,
  type Rejection,
  right,
  scaled,
  WORKS,
  withCall,
  withFactors,
} from './operand-layer.ts';

interface Fault extends Rejection {
  readonly title: string;
  readonly call: (context: LayerContext) => Call;
}

const LOCATIONS = 'Take locations from the layer context, such as context.x or context.scratch(floats).';

const faults: readonly Fault[] = [
  {
    title: 'a missing operand',
    call: ({ x, parameter }) => callOf(scaled(FEATURES), { x, s: parameter('factors') }),
    given: "lacks the operand 'y'",
    expected: 'all operands of the kernel: x, s, y',
    fix: 'Pass y as well.',
  },
  {
    title: 'an undefined operand',
    call: (context) => withFactors(context, { x: undefined }),
    given: "lacks the operand 'x'",
    expected: 'all operands of the kernel: x, s, y',
    fix: 'Pass x as well.',
  },
  {
    title: 'an unknown operand',
    call: (context) => withFactors(context, { z: context.x }),
    given: "passes an operand 'z'",
    expected: 'only operands that the kernel has: x, s, y',
    fix: 'Leave the operand out, or correct its name.',
  },
  {
    title: 'an integer for a buffer',
    call: (context) => withFactors(context, { y: context.blocks }),
    given: "passes an integer (the number of blocks of an exchange) as the operand 'y'",
    expected: 'memory',
    fix: 'Pass an operand of that kind.',
  },
  {
    title: 'a buffer for an integer',
    call: ({ x }) => callOf(counted, { y: x, count: x }),
    given: "passes memory (dense_1) as the operand 'count'",
    expected: 'an integer',
    fix: 'Pass an operand of that kind.',
  },
  {
    title: 'a plain object that looks like a location',
    call: (context) => withFactors(context, { y: { kind: 'buffer', name: 'mine', bytes: 1e6 } }),
    given: "passes an object (Object) as the operand 'y'",
    expected: 'a location',
    fix: LOCATIONS,
  },
  {
    title: 'an address',
    call: (context) => withFactors(context, { y: 1024 }),
    given: "passes 1024 as the operand 'y'",
    expected: 'a location',
    fix: LOCATIONS,
  },
  {
    title: 'scratch memory that is too small',
    call: (context) => withFactors(context, { x: context.scratch(8 * FEATURES - 16) }),
    given: "passes 128 bytes (scratch of mine) as the operand 'x'",
    expected: 'at least 192 bytes',
    fix: OF_THE_SHAPE,
  },
  {
    title: 'shard memory that is too small',
    call: (context) => withFactors(context, { y: context.shardMemory(8) }),
    given: "passes 32 bytes (shard memory of mine) as the operand 'y'",
    expected: 'at least 192 bytes',
    fix: OF_THE_SHAPE,
  },
  {
    title: 'a parameter of another shape',
    call: (context) => withFactors(context, { s: context.parameter('single') }),
    given: "passes 4 bytes (mine.single) as the operand 's'",
    expected: 'at least 12 bytes',
    fix: OF_THE_SHAPE,
  },
  {
    title: 'the gradient of a parameter of another shape',
    call: ({ x, y, gradient: of }) => callOf(gradient(3, false), { x, dy: y, ds: of('single') }),
    given: "passes 4 bytes (gradient of mine.single) as the operand 'ds'",
    expected: 'at least 12 bytes',
    fix: OF_THE_SHAPE,
  },
  {
    title: 'a value of a smaller shape than the kernel was made for',
    call: ({ x, y, parameter }) => callOf(scaled(FEATURES + 1), { x, s: parameter('factors'), y }),
    given: "passes 192 bytes (dense_1) as the operand 'x'",
    expected: 'at least 224 bytes',
    fix: OF_THE_SHAPE,
  },
  {
    title: 'a parameter that it writes',
    call: ({ x, y, parameter }) => callOf(gradient(3, false), { x, dy: y, ds: parameter('factors') }),
    given: 'writes the parameter mine.factors',
    expected: 'calls that only read parameters',
    fix: 'Write context.gradient(name) instead: the optimizer changes the parameter.',
  },
  {
    title: 'memory for a float',
    call: ({ x }) =>
      callOf(
        kernel('ofFloat', { rate: 'f32' }, () => {}),
        { rate: x },
      ),
    given: "passes memory (dense_1) as the operand 'rate'",
    expected: 'a number that changes from step to step',
    fix: 'Pass an operand of that kind.',
  },
];

describe('a layer', () => {
  test('with the operands of its kernels is compiled', () => compileLayer(right));

  test.each(WORKS)('is compiled with one more call in %s', (work) =>
    compileLayer((context) => {
      const extra = withFactors(work === 'combine' ? ofShard(context) : context, {});
      return withCall(work, context, extra);
    }),
  );

  describe.each(WORKS.filter((work) => work !== 'combine'))('is rejected in %s', (work) => {
    test.each(faults)('for $title', (fault) => expectRejectedIn(work, fault));
  });

  describe('is rejected in combine', () => {
    test.each(faults.filter(({ title }) => !title.startsWith('scratch')))('for $title', ({ given, ...fault }) =>
      expectRejectedIn('combine', {
        ...fault,
        given: given.replace('dense_1', 'shard memory of mine'),
        call: (context) => fault.call(ofShard(context)),
      }),
    );
  });

  function expectRejectedIn(work: (typeof WORKS)[number], fault: Fault): void {
    let name = '';
    const compile = () =>
      compileLayer((context) => {
        const extra = fault.call(context);
        name = extra.kernel.name;
        return withCall(work, context, extra);
      });
    expect(compile).toThrow();
    expectRejected(compile, 'mine', name, fault);
  }

  test('is rejected for a wrong operand of a call that accumulates', () => {
    const fault = faults.find(({ title }) => title === 'the gradient of a parameter of another shape') as Fault;
    const compile: Compile = (context) => {
      const operands = { x: context.x, dy: context.outputGradient, ds: context.gradient('single') };
      return { ...right(context), backward: () => [accumulatingCall((add) => gradient(3, add), operands)] };
    };
    expectRejected(() => compileLayer(compile), 'mine', 'gradient', fault);
  });
});

describe('the kernel for later blocks', () => {
  const accumulating =
    (later: Kernel): Compile =>
    (context) => {
      const operands = { x: context.x, dy: context.outputGradient, ds: context.gradient('single') };
      const wrong = accumulatingCall((accumulate) => (accumulate ? (later as never) : gradient(1, false)), operands);
      return { ...right(context), backward: () => [wrong] };
    };

  test('is compiled with the same operands', () => compileLayer(accumulating(gradient(1, true))));

  test('is rejected if an operand is too small for it', () => {
    const fault = faults.find(({ title }) => title === 'the gradient of a parameter of another shape') as Fault;
    expectRejected(() => compileLayer(accumulating(gradient(3, true))), 'mine', 'gradient', fault);
  });

  test('is rejected if it has another operand', () => {
    const later = kernel('later', { x: cells(1), dy: cells(1), ds: scalars(1), y: cells(1) }, () => {});
    expect(() => compileLayer(accumulating(later))).toThrow(
      "layer 'mine', whose call of the kernel 'later' lacks the operand 'y'",
    );
  });

  test('is rejected if it has its operands in another order', () => {
    const later = kernel('later', { ds: scalars(1), x: cells(1), dy: cells(1) }, () => {});
    const given =
      "layer 'mine', whose call has a kernel 'gradient' of the operands x, dy, ds, and a kernel 'later' of the operands ds, x, dy";
    expectConvoyError(() => compileLayer(accumulating(later)), 'CONVOY_LAYER_FAILED', given);
  });
});

test('memory of NaN floats is too small', () => {
  const compile: Compile = (context) => {
    const extra = withFactors(context, { x: context.scratch(Number.NaN) });
    return { ...right(context), forward: [...right(context).forward, extra] };
  };
  const given = "passes NaN bytes (scratch of mine) as the operand 'x'";
  expectRejected(() => compileLayer(compile), 'mine', 'scaled', {
    given,
    expected: 'at least 192 bytes',
    fix: OF_THE_SHAPE,
  });
});

test('TypeScript rejects operands that are missing, misspelled or of the wrong kind', () => {
  const calls = (context: LayerContext): readonly Call[] => {
    const { x, y, partial: partials, blocks } = context;
    const s = context.parameter('factors');
    const kernel = scaled(FEATURES);
    return [
      // @ts-expect-error: y is missing
      call(kernel, { x, s }),
      // @ts-expect-error: `out` is misspelled
      call(kernel, { x, s, out: y }),
      // @ts-expect-error: an operand too many
      call(kernel, { x, s, y, z: x }),
      // @ts-expect-error: an integer for a buffer
      call(kernel, { x, s, y: blocks }),
      // @ts-expect-error: a number for a buffer
      call(kernel, { x, s, y: 64 }),
      // @ts-expect-error: a buffer for an integer
      call(combine(3), { partials, blocks: x, total: y }),
      // @ts-expect-error: ds is missing
      accumulatingCall((accumulate) => gradient(3, accumulate), { x, dy: y }),
    ];
  };
  let rejected = 0;
  compileLayer((context) => {
    for (const wrong of calls(context)) {
      const compile = () => compileLayer((own) => ({ ...right(own), forward: [...right(own).forward, { ...wrong }] }));
      expect(compile).toThrow("layer 'mine'");
      rejected++;
    }
    return right(context);
  });
  expect(rejected).toBe(7);
});
