// Plans: which kernels run, where their operands lie, and that buffers that share memory never overwrite each other.
import { convolutionKernels } from '@convoy/kernels';
import {
  accuracy,
  avgPool2d,
  conv2d,
  createLearner,
  dense,
  flatten,
  type Layer,
  lenet5,
  type Model,
  maxPool2d,
  meanSquaredError,
  parametersOf,
  relu,
  sequential,
  sgd,
  sigmoid,
  softmaxCrossEntropy,
  tanh,
} from '@convoy/layers';

import { callsOf, compilePlan, type Pass, type Plan, type PlanCall } from '@convoy/layers/compile';
import { sizeOf } from '@convoy/tensor';
import { convolutionShape, NO_PADDING } from '@convoy/tensor/options';

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BlockBuffer } from '../src/compile/locations.ts';
import { layOutWorkspace } from '../src/compile/workspace.ts';
import { Region } from '../src/runtime/plan.ts';
import { targetsFor } from './conformance.ts';
import { expectClose } from './expectations.ts';
import { randomNumbers, samplesAwayFromKinks, tensorOf } from './numbers.ts';
import { referenceBackward, referenceForward } from './reference-model.ts';

const optimizer = sgd({ learningRate: 0.1, momentum: 0.9 });
const planOf = (model: Model, inputGradient = false): Plan =>
  compilePlan(model, { loss: meanSquaredError(), optimizer, inputGradient });

/** The layers of the calls in their order, each with the number of its calls. */
function callsByLayer(calls: readonly PlanCall[]): [layer: string, calls: number][] {
  const counts = new Map<string, number>();
  for (const { layer } of calls) counts.set(layer, (counts.get(layer) ?? 0) + 1);
  return [...counts];
}

const backwardOf = ({ training }: Plan) =>
  training[0]?.stages.find(({ pass }) => pass === 'backward') as Plan['training'][number]['stages'][number];

describe('the calls of lenet5', () => {
  const loss = softmaxCrossEntropy();
  const plan = compilePlan(lenet5(), { loss, optimizer, metrics: [accuracy()] });

  test('have activations fused into the layers around them', () => {
    expect(callsByLayer(plan.inference)).toEqual([
      ['conv2d_1', 1],
      ['maxPool2d_1', 1],
      ['conv2d_2', 1],
      ['maxPool2d_2', 1],
      ['dense_1', 1],
      ['dense_2', 1],
      ['dense_3', 1],
    ]);
    expect(callsByLayer(plan.scoring)).toEqual([
      ['accuracy', 1],
      ['loss', 1],
    ]);
  });

  test('go back to the first layer, which needs no input gradient', () => {
    const { calls } = backwardOf(plan);
    expect(callsByLayer(calls)).toEqual([
      ['dense_3', 3],
      ['dense_2', 3],
      ['dense_1', 3],
      ['maxPool2d_2', 1],
      ['conv2d_2', 3],
      ['maxPool2d_1', 1],
      ['conv2d_1', 2],
    ]);
    expect(plan.inputGradient).toBeUndefined();
    const whole = compilePlan(lenet5(), { loss, optimizer, inputGradient: true });
    expect(callsByLayer(backwardOf(whole).calls).at(-1)).toEqual(['conv2d_1', 3]);
  });

  test('add to the gradients of kernel and bias in later blocks, and do all else as in the first block', () => {
    const accumulating = backwardOf(plan).calls.filter(({ kernel, laterKernel }) => kernel !== laterKernel);
    expect(callsByLayer(accumulating)).toEqual(
      ['dense_3', 'dense_2', 'dense_1', 'conv2d_2', 'conv2d_1'].map((layer) => [layer, 2]),
    );
    const gradientCalls = backwardOf(plan).calls.filter(({ operands }) =>
      operands.some(({ region }) => region === Region.gradients),
    );
    expect(accumulating).toEqual(gradientCalls);
  });

  test('share memory: the workspace is a fraction of the buffers', () => {
    // One block of all outputs with their gradients, and the scratch memory of the second convolution in its three directions.
    const floats = lenet5().layers.reduce((sum, { output }) => sum + sizeOf(output), 0);
    const settings = { kernel: [5, 5], strides: [1, 1], dilations: [1, 1], padding: NO_PADDING, groups: 1 } as const;
    const shape = convolutionShape(settings, 16, [6, 14, 14]);
    const directions = Object.values(convolutionKernels(shape, 'winograd'));
    const scratchFloats = directions.reduce((sum, direction) => sum + direction.scratchFloats, 0);
    expect(plan.workspaceBytes).toBeLessThan((4 * (2 * floats * 8 + scratchFloats)) / 2);
  });
});

describe('activations', () => {
  const callsOf = (layers: readonly Layer[]) =>
    callsByLayer(planOf(sequential({ input: [1, 6, 6] }, layers)).inference);

  test('have calls of their own if the layer before cannot fuse them', () => {
    expect(callsOf([relu()])).toEqual([['relu_1', 1]]);
    expect(callsOf([maxPool2d({ size: 2 }), sigmoid()])).toEqual([
      ['maxPool2d_1', 1],
      ['sigmoid_1', 1],
    ]);
    expect(callsOf([conv2d({ filters: 1, kernelSize: 2 }), relu(), tanh()])).toEqual([
      ['conv2d_1', 1],
      ['tanh_1', 1],
    ]);
  });

  test('after the last layer have their derivative applied in its backward calls', () => {
    const plan = planOf(sequential({ input: [4] }, [dense({ units: 2 }), sigmoid()]));
    expect(callsByLayer(plan.inference)).toEqual([['dense_1', 1]]);
    expect(callsByLayer(plan.scoring)).toEqual([['loss', 1]]);
    expect(callsByLayer(backwardOf(plan).calls)).toEqual([['dense_1', 3]]);
  });
});

test('parameters start on cache lines, in the order of the model', () => {
  const { parameters, parameterFloats, stateBytes, gradientBytes, slots } = planOf(lenet5());
  expect(parameters.map(({ name, shape }) => [name, shape])).toEqual(
    parametersOf(lenet5()).map(({ name, shape }) => [name, shape]),
  );
  let end = 0;
  for (const { offset, shape } of parameters) {
    expect(offset % 16).toBe(0);
    expect(offset).toBe(Math.ceil(end / 16) * 16);
    end = offset + sizeOf(shape);
  }
  expect(parameterFloats).toBe(Math.ceil(end / 16) * 16);
  expect(slots).toEqual(['velocity']);
  expect([stateBytes, gradientBytes]).toEqual([2 * 4 * parameterFloats, 4 * parameterFloats]);
});

test('plans can be posted to other threads', () => {
  const plan = planOf(lenet5());
  expect(structuredClone(plan)).toEqual(plan);
});

describe('layOutWorkspace', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 12 });
  const uses = fc.array(fc.array(fc.nat(), { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 15 });
  const heldUses = fc.array(fc.tuple(fc.nat(), fc.integer({ min: -1, max: 15 }), fc.nat({ max: 5 })), { maxLength: 4 });

  const exchanges = fc.array(fc.boolean(), { minLength: 15, maxLength: 15 });

  test('separates buffers that are in use at the same time', () => {
    fc.assert(
      fc.property(sizes, uses, heldUses, exchanges, (bytes, calls, held, isAfterExchange) => {
        const buffers = bytes.map((size, i) => new BlockBuffer(`buffer ${i}`, size));
        const buffer = (n: number) => buffers[n % buffers.length] as BlockBuffer;
        const phaseOf = (at: number) => isAfterExchange.slice(0, at + 1).filter(Boolean).length;
        const { workspace, transient } = layOutWorkspace(
          calls.map((operands, at) => ({ call: { operands: operands.map(buffer) }, phase: phaseOf(at) })),
          held.map(([n, first, length]) => ({ buffer: buffer(n), first, last: first + length })),
        );
        const spans = new Map<BlockBuffer, number[]>();
        const use = (b: BlockBuffer, at: number) => spans.set(b, [...(spans.get(b) ?? []), at]);
        for (const [at, operands] of calls.entries()) for (const n of operands) use(buffer(n), at);
        for (const [n, first, length] of held) for (const at of [first, first + length]) use(buffer(n), at);

        const isPhased = phaseOf(0) !== phaseOf(calls.length - 1);
        const isTransient = (b: BlockBuffer, at: readonly number[]) =>
          isPhased && held.every(([n]) => buffer(n) !== b) && phaseOf(Math.min(...at)) === phaseOf(Math.max(...at));
        const names = [...workspace.offsets.keys(), ...transient.offsets.keys()].toSorted(byName);
        expect(names).toEqual([...spans.keys()].toSorted(byName));
        for (const region of [workspace, transient]) {
          const here = [...spans].filter(([b]) => region.offsets.has(b));
          if (region === transient) expect(here.filter(([b, at]) => !isTransient(b, at))).toEqual([]);
          for (const [a, usesOfA] of here) {
            const start = region.offsets.get(a) as number;
            expect(start % 64).toBe(0);
            expect(start + a.bytes).toBeLessThanOrEqual(region.bytes);
            for (const [b, usesOfB] of here) {
              const isApart =
                Math.max(...usesOfA) < Math.min(...usesOfB) || Math.max(...usesOfB) < Math.min(...usesOfA);
              if (a === b || isApart) continue;
              const other = region.offsets.get(b) as number;
              expect(start + a.bytes <= other || other + b.bytes <= start, `${a.name} and ${b.name} overlap`).toBe(
                true,
              );
            }
          }
        }
      }),
    );
  });

  test('lets buffers that are in use one after the other share memory', () => {
    const [a, b, c] = ['a', 'b', 'c'].map((name) => new BlockBuffer(name, 64)) as [
      BlockBuffer,
      BlockBuffer,
      BlockBuffer,
    ];
    const { workspace, transient } = layOutWorkspace(
      [
        { call: { operands: [a, b] }, phase: 0 },
        { call: { operands: [b, c] }, phase: 0 },
      ],
      [],
    );
    expect(workspace.bytes).toBe(128);
    expect(workspace.offsets.get(c)).toBe(workspace.offsets.get(a));
    expect(transient.bytes).toBe(0);
  });

  test('makes buffers transient that a block does not keep for the next phase, unless the workspace has room for them', () => {
    const sizes = { early: 64, kept: 128, first: 64, second: 192, third: 128 };
    const buffers = Object.entries(sizes).map(([name, bytes]) => new BlockBuffer(name, bytes));
    const [early, kept, first, second, third] = buffers as [
      BlockBuffer,
      BlockBuffer,
      BlockBuffer,
      BlockBuffer,
      BlockBuffer,
    ];
    const { workspace, transient } = layOutWorkspace(
      [
        { call: { operands: [early, kept, second] }, phase: 0 },
        { call: { operands: [early, kept, third] }, phase: 1 },
        { call: { operands: [kept, first] }, phase: 1 },
      ],
      [],
    );
    expect(workspace.bytes).toBe(early.bytes + kept.bytes);
    expect([...workspace.offsets.keys()]).toEqual([kept, early, first]);
    expect(workspace.offsets.get(first)).toBe(workspace.offsets.get(early));
    expect([...transient.offsets]).toEqual([
      [second, 0],
      [third, 0],
    ]);
    expect(transient.bytes).toBe(second.bytes);
  });
});

/** Layers over [channels, 6, 6] that any other of them can follow. */
const planeLayers: fc.Arbitrary<Layer> = fc.oneof(
  fc
    .record({ filters: fc.integer({ min: 1, max: 5 }), kernelSize: fc.integer({ min: 1, max: 3 }) })
    .map((options) => conv2d({ ...options, padding: 'same' })),
  fc.constantFrom(sigmoid(), tanh()),
  fc.constant(avgPool2d({ size: 3, strides: 1, padding: 'same' })),
);
const featureLayers: fc.Arbitrary<Layer> = fc.oneof(
  fc.integer({ min: 1, max: 11 }).map((units) => dense({ units })),
  fc.constantFrom(sigmoid(), tanh(), flatten()),
);

/** Of smooth layers: at a kink, float32 and float64 could disagree. */
const models = fc
  .tuple(fc.array(planeLayers, { maxLength: 5 }), fc.array(featureLayers, { maxLength: 4 }))
  .map(([first, second]) => sequential({ input: [2, 6, 6] }, [...first, flatten(), ...second]));

test('random models compute what the references of their layers compute, one after the other', () => {
  fc.assert(
    fc.property(models, (model) => {
      const samples = 3;
      const x = samplesAwayFromKinks(samples, model.input, 'input');
      const inputs = tensorOf(x, [samples, ...model.input]);
      const learner = createLearner({
        model,
        loss: meanSquaredError({ reduction: 'halfSum' }),
        optimizer,
        batchSize: 8,
      });
      const parameters = new Map([...learner.parameters()].map(([name, { data }]) => [name, Float64Array.from(data)]));
      const values = referenceForward(model, samples, x, parameters);
      const outputs = learner.predict(inputs).data;
      expectClose('outputs', outputs, values.at(-1) as Float64Array);
      const gradient = randomNumbers(outputs.length, 'gradient');
      const expected = referenceBackward(model, samples, values, parameters, gradient);
      const actual = learner.gradients(inputs, targetsFor(gradient, outputs, [samples, ...model.output]));
      expectClose('gradient at the input', actual.inputs.data, expected.input);
      for (const [name, { data }] of actual.parameters) {
        expectClose(`gradient at '${name}'`, data, expected.parameters.get(name) as Float64Array);
      }
    }),
    { numRuns: 60 },
  );
});

test('no call of a plan has an operand outside of its region', () => {
  fc.assert(
    fc.property(models, (model) => {
      const plan = planOf(model, true);
      const bytes = {
        [Region.workspace]: plan.workspaceBytes,
        [Region.state]: 4 * plan.parameterFloats,
        [Region.gradients]: plan.gradientBytes,
        [Region.scores]: plan.scoreBytes,
        [Region.partial]: plan.partialBytes,
        [Region.shard]: plan.shardBytes,
        [Region.blocks]: 1,
        [Region.transient]: plan.transientBytes,
      };
      const passes: readonly Pass[] = ['forward', 'loss', 'backward'];
      for (const call of [...passes.flatMap((pass) => callsOf(plan, pass)), plan.scatter]) {
        for (const { region, offset } of call.operands) {
          expect(offset, `${call.layer} in region ${region}`).toBeGreaterThanOrEqual(0);
          expect(offset, `${call.layer} in region ${region}`).toBeLessThan(bytes[region]);
        }
      }
    }),
    { numRuns: 60 },
  );
});

const byName = (a: BlockBuffer, b: BlockBuffer) => a.name.localeCompare(b.name);
