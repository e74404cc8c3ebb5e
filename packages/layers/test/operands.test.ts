// A call of a kernel names its operands. Compiling a model rejects a call whose operands do not fit, by the names of the layer, the kernel and the
// operand. `unchecked-operands.test.ts` shows what such a call does without the check.
import { kernel } from '@convoy/kernels';
import {
  accumulatingCall,
  type Call,
  type CompiledLayer,
  call,
  constantInitializer,
  defineLayer,
  dense,
  type LayerContext,
  meanSquaredError,
  sequential,
  sgd,
} from '@convoy/layers';
import { compilePlan } from '@convoy/layers/compile';
import { describe, expect, test } from 'vitest';
import { expectConvoyError } from './expectations.ts';
import { callOf, combine, contribute, FEATURES, gradient, right, scaled } from './operand-layer.ts';

type Compile = (context: LayerContext) => CompiledLayer;

/** Compiles a model with a user's layer 'mine'. */
function compileLayer(compile: Compile): void {
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

/** The kinds of work of a layer, each with one more call at its end. */
const works: Readonly<Record<string, (compiled: ReturnType<typeof right>, extra: Call) => CompiledLayer>> = {
  forward: (compiled, extra) => ({ ...compiled, forward: [...compiled.forward, extra] }),
  inference: (compiled, extra) => ({ ...compiled, inference: [...compiled.inference, extra] }),
  recompute: (compiled, extra) => ({ ...compiled, recompute: [extra] }),
  backward: (compiled, extra) => ({ ...compiled, backward: () => [...compiled.backward(), extra] }),
  combine: (compiled, extra) => ({
    ...compiled,
    forward: compiled.forward.map((work) =>
      'combine' in work ? { ...work, combine: [...work.combine, extra] } : work,
    ),
  }),
};

interface Fault {
  readonly title: string;
  readonly call: (context: LayerContext) => Call;
  /** What the message says after the names of layer and kernel. */
  readonly given: string;
  readonly expected: string;
  readonly fix: string;
}

const withFactors = (context: LayerContext, operands: object) =>
  callOf(scaled(FEATURES), { x: context.x, s: context.parameter('factors'), y: context.y, ...operands });

const LOCATIONS = 'Take locations from the layer context, such as context.x or context.scratch(floats).';
const OF_THE_SHAPE = 'Pass a buffer of the shape that the kernel was made for.';

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
    call: (context) => callOf(combine(3), { partials: context.x, blocks: context.x, total: context.y }),
    given: "passes memory (dense_1) as the operand 'blocks'",
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

/** Fails unless compiling rejects the call, with a message that names the layer, the kernel and the operand, and says how to fix it. */
function expectRejected(compile: () => void, layer: string, kernelName: string, { given, expected, fix }: Fault): void {
  const whole = `layer '${layer}', whose call of the kernel '${kernelName}' ${given}`;
  expectConvoyError(compile, 'CONVOY_LAYER_FAILED', whole);
  expect(compile).toThrow(`Given ${whole}; expected ${expected}. ${fix}`);
}

describe('a layer', () => {
  test('with the operands of its kernels is compiled', () => compileLayer(right));

  test.each(Object.keys(works))('is compiled with one more call in %s', (work) =>
    compileLayer((context) => (works[work] as (typeof works)[string])(right(context), withFactors(context, {}))),
  );

  describe.each(Object.keys(works))('is rejected in %s', (work) => {
    test.each(faults)('for $title', (fault) => {
      let name = '';
      const compile = () =>
        compileLayer((context) => {
          const extra = fault.call(context);
          name = extra.kernel.name;
          return (works[work] as (typeof works)[string])(right(context), extra);
        });
      expect(compile).toThrow();
      expectRejected(compile, 'mine', name, fault);
    });
  });

  test('is rejected for a wrong operand of a call that accumulates', () => {
    const fault = faults.find(({ title }) => title === 'the gradient of a parameter of another shape') as Fault;
    const compile: Compile = (context) => {
      const operands = { x: context.x, dy: context.outputGradient, ds: context.gradient('single') };
      return { ...right(context), backward: () => [accumulatingCall((add) => gradient(3, add), operands)] };
    };
    expectRejected(() => compileLayer(compile), 'mine', 'gradient', fault);
  });
});

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
  } as Fault;

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

  const withoutExchange = {
    given: "passes the partial of mine as the operand 'partial', although no exchange follows",
    expected: 'an exchange after the calls that use the partial',
    fix: 'Add the exchange, or use scratch memory.',
  } as Fault;

  test.each(['forward', 'inference', 'recompute', 'backward'])('without an exchange is rejected in %s', (work) => {
    const compile: Compile = (context) => {
      const extra = call(contribute(3), { x: context.x, partial: context.partial });
      return (works[work] as (typeof works)[string])(right(context), extra);
    };
    expectRejected(() => compileLayer(compile), 'mine', 'contribute', withoutExchange);
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
