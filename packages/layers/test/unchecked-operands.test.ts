// What a call with wrong operands does if compiling does not check them: it overwrites memory that does not belong to it.
import {
  accumulatingCall,
  type Call,
  type CompiledLayer,
  constantInitializer,
  createLearner,
  defineLayer,
  dense,
  type LayerContext,
  meanSquaredError,
  sequential,
  sgd,
} from '@convoy/layers';
import { expect, test, vi } from 'vitest';
import { CONTROL_BYTES, EngineGroup } from './engines.ts';
import { randomNumbers, tensorOf } from './numbers.ts';
import { callOf, FEATURES, gradient, right, scaled } from './operand-layer.ts';

// Puts operands in the order of the kernel's parameters, and checks nothing.
vi.mock('../src/compile/operands.ts', () => ({
  orderedOperands: ({ kernel, operands }: Pick<Call, 'kernel' | 'operands'>) =>
    kernel.parameters.map(({ name }) => operands[name]),
}));

const SAMPLES = 8;
const inputs = tensorOf(randomNumbers(SAMPLES * FEATURES, 'inputs'), [SAMPLES, FEATURES]);

/** An engine for a model with a user's layer between two dense layers. */
function engineWith(compile: (context: LayerContext) => CompiledLayer): EngineGroup {
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
  const group = new EngineGroup({
    model: sequential({ input: [FEATURES] }, [dense({ units: FEATURES }), mine({}), dense({ units: FEATURES })]),
    loss: meanSquaredError(),
    optimizer: sgd({ learningRate: 0.1 }),
    batchSize: SAMPLES,
  });
  group.enterStep();
  return group;
}

test('a missing operand: the kernel writes at address 0, where a trainer keeps its control words', () => {
  const group = engineWith((context) => ({
    ...right(context),
    inference: [callOf(scaled(FEATURES), { x: context.x, s: context.parameter('factors') })],
  }));
  const atZero = () => group.floats.slice(0, SAMPLES * FEATURES);
  expect(atZero().byteLength).toBeLessThan(CONTROL_BYTES);
  expect(atZero()).toEqual(new Float32Array(SAMPLES * FEATURES));
  group.engine().predictBlock(group.batchOf(inputs, inputs), 0, new Float32Array(SAMPLES * FEATURES), 0);
  // The kernel has stored its output there. Its factors are 1, so that this is the output of the first layer, as a block of cells.
  const model = sequential({ input: [FEATURES] }, [dense({ units: FEATURES })]);
  const options = { loss: meanSquaredError(), optimizer: sgd({ learningRate: 0.1 }), batchSize: SAMPLES, seed: 3 };
  const { data } = createLearner({ ...options, model }).predict(inputs);
  expect(atZero()).toEqual(data.map((_, i) => data[(i % SAMPLES) * FEATURES + Math.floor(i / SAMPLES)] as number));
});

test('an operand that is too small: the kernel overwrites the gradient of the next layer', () => {
  /** The gradient of the last layer's kernel, with a call that stores so many numbers in the gradient of a parameter of shape [1]. */
  const gradientsWith = (numbers: number): Float32Array => {
    const group = engineWith((context) => {
      const operands = { x: context.x, dy: context.outputGradient, ds: context.gradient('single') };
      const wrong = accumulatingCall((accumulate) => gradient(numbers, accumulate), operands);
      return { ...right(context), backward: () => [...right(context).backward(), wrong] };
    });
    group.engine().computeShards(group.batchOf(inputs, inputs), 0, 1);
    const { offset = 0 } = group.plan.parameters.find(({ name }) => name === 'dense_2.kernel') ?? {};
    const start = group.layout.gradients / 4 + offset;
    return group.floats.slice(start, start + FEATURES ** 2);
  };
  const expected = gradientsWith(1);
  // Each parameter starts on a cache line of 16 floats.
  expect(gradientsWith(16)).toEqual(expected);
  const damaged = gradientsWith(20);
  for (let i = 0; i < 4; i++) expect(damaged[i]).not.toBe(expected[i]);
  expect(damaged.subarray(4)).toEqual(expected.subarray(4));
});
