// The reduction over shards as a stage of its own gives the bits of the update that sums the shards itself: gradients, running statistics, scores.
import {
  accuracy,
  adam,
  adamW,
  batchNorm1d,
  batchNorm2d,
  conv2d,
  dense,
  dropout,
  flatten,
  type Optimizer,
  relu,
  sequential,
  sgd,
  softmaxCrossEntropy,
} from '@convoy/layers';
import type { Plan } from '@convoy/layers/compile';
import { sizeOf } from '@convoy/tensor';
import { describe, expect, test } from 'vitest';
import { EngineGroup, type EngineGroupOptions } from './engines.ts';
import { randomNumbers, tensorOf } from './numbers.ts';

const CLASSES = 3;
const STEPS = 4;

/** With running statistics, frozen parameters and frozen running statistics among trained parameters. */
const model = sequential({ input: [2, 5, 4] }, [
  conv2d({ filters: 3, kernelSize: 3, name: 'stem' }),
  batchNorm2d(),
  relu(),
  flatten(),
  dense({ units: 7, frozen: true, name: 'frozen' }),
  batchNorm1d({ frozen: true }),
  dropout({ rate: 0.3 }),
  dense({ units: 6, learningRateFactor: 0.5, weightDecay: false }),
  batchNorm1d({ momentum: 0.25 }),
  dense({ units: CLASSES }),
]);

const withoutStatistics = sequential({ input: [2, 5, 4] }, [flatten(), dense({ units: CLASSES })]);

const optimizers: readonly (readonly [string, Optimizer])[] = [
  ['sgd', sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true, weightDecay: 0.01 })],
  ['adam with a clip by value', adam({ learningRate: 0.05, clipValue: 0.01 })],
  ['adamW with an average', adamW({ learningRate: 0.05, weightDecay: 0.1, averageDecay: 0.8 })],
  ['adamW with an average and a clip by value', adamW({ learningRate: 0.05, averageDecay: 0.8, clipValue: 0.01 })],
  [
    'adamW with an average and both clips',
    adamW({ learningRate: 0.05, averageDecay: 0.8, clipValue: 0.01, globalClipNorm: 0.05 }),
  ],
];

type Changes = Partial<EngineGroupOptions>;

const groupWith = (changes: Changes): EngineGroup =>
  new EngineGroup({
    ...{ model, loss: softmaxCrossEntropy(), metrics: [accuracy()], optimizer: sgd({ learningRate: 0.1 }) },
    ...{ batchSize: 24, maxShards: 3 },
    ...changes,
  });

const batchFor = (group: EngineGroup, samples: number, step: number) => {
  const inputs = randomNumbers(samples * sizeOf(model.input), `inputs ${step}`);
  const labels = Array.from({ length: samples }, (_, i) => (i * i + step) % CLASSES);
  return group.batchOf(tensorOf(inputs, [samples, ...model.input]), labels);
};

/** The bits of the state, and the scores, after each of some steps. The last batch leaves a block of its last shard incomplete. */
function trained(changes: Changes, team?: number) {
  const group = groupWith(changes);
  return Array.from({ length: STEPS }, (_, step) => {
    const samples = group.sharding.batchSize - (step === STEPS - 1 ? 3 : 0);
    const scores = group.train(batchFor(group, samples, step), team);
    return { state: group.stateBits(), scores };
  });
}

describe.each(optimizers)('%s', (_, optimizer) => {
  describe.each([
    { what: '1 shard', batchSize: 16, maxShards: 1, shards: 1 },
    { what: '3 shards', batchSize: 24, maxShards: 3, shards: 3 },
    { what: '3 shards of 2 blocks', batchSize: 48, maxShards: 3, shards: 3 },
  ])('$what', ({ batchSize, maxShards, shards }) => {
    const options = { optimizer, batchSize, maxShards };
    const fused = trained(options);

    test('has so many shards, and a state that changes', () => {
      expect(groupWith(options).sharding.shards).toBe(shards);
      expect(fused[1]?.state).not.toEqual(fused[0]?.state);
      expect(fused.every(({ scores: [loss] }) => Number.isFinite(loss))).toBe(true);
    });

    test.each([1, 2])('a separate reduction gives the same bits on %i engines', (engines) => {
      expect(trained({ ...options, engines, separateReduction: true })).toEqual(fused);
      expect(trained({ ...options, engines })).toEqual(fused);
    });

    test.each([2, 3, 7, 100])('a separate reduction gives the same bits in %i slices', (team) => {
      expect(trained({ ...options, separateReduction: true }, team)).toEqual(fused);
    });
  });
});

test('batch statistics that all shards share have the same bits after a separate reduction', () => {
  const synchronized = sequential({ input: [2, 5, 4] }, [
    conv2d({ filters: 3, kernelSize: 3 }),
    batchNorm2d({ sync: true }),
    flatten(),
    dense({ units: CLASSES }),
  ]);
  const fused = trained({ model: synchronized });
  expect(trained({ model: synchronized, separateReduction: true })).toEqual(fused);
});

describe('the stage', () => {
  const plan = (changes: Changes) => groupWith(changes).plan;

  test('exists where it is asked for, or where a norm is clipped', () => {
    expect(plan({}).reduction).toBeUndefined();
    expect(groupWith({}).engine().reducesFirst).toBe(false);
    expect(plan({ separateReduction: true }).reduction).toMatchObject({ first: 0, clip: undefined });
    expect(groupWith({ separateReduction: true }).engine().reducesFirst).toBe(true);
    const clipped = plan({ optimizer: sgd({ learningRate: 0.1, globalClipNorm: 1 }) });
    expect(clipped.reduction?.clip?.maxNorm).toBe(1);
  });

  test.each([
    ['a plain sum', {}],
    ['the squares for a clip', { globalClipNorm: 1 }],
  ])('covers gradients and running statistics: %s', (_, clip) => {
    const group = groupWith({ optimizer: sgd({ learningRate: 0.1, ...clip }), separateReduction: true });
    const { layout, floats } = group;
    const { parameterFloats, gradientBytes } = group.plan;
    const buffers = () =>
      [0, 1, 2].map((shard) => {
        const start = (layout.gradients + shard * gradientBytes) / 4;
        return floats.slice(start, start + parameterFloats);
      }) as [Float32Array, Float32Array, Float32Array];
    const given = randomNumbers(3 * parameterFloats, 'gradients');
    floats.set(given, layout.gradients / 4);
    const [a, b, c] = buffers();
    group.enterStep();
    for (const rank of [2, 0, 1]) group.engine().reduce(rank, 3, 3);
    const [sum, second, third] = buffers();
    expect(sum).toEqual(a.map((x, i) => Math.fround(Math.fround(x + (b[i] as number)) + (c[i] as number))));
    expect([second, third]).toEqual([b, c]);
  });

  test('sums the scores once, on the first engine', () => {
    const group = groupWith({ separateReduction: true, engines: 2 });
    const batch = batchFor(group, 24, 0);
    group.computeGradients(batch);
    const expected = group.engine().sumScores(3).slice();
    expect(expected[0]).toBeGreaterThan(0);
    const sums = new Float64Array(group.memory.buffer, group.layout.scoreSums, 2);
    sums.fill(-1);
    group.engine(1).reduce(1, 2, 3);
    expect([...sums]).toEqual([-1, -1]);
    group.engine(0).reduce(0, 2, 3);
    expect(sums).toEqual(expected);
    expect(group.engine(1).stepScores(3)).toEqual(expected);
  });

  test('leaves the sums to whatever happens before the update', () => {
    const halved = groupWith({ model: withoutStatistics, separateReduction: true });
    const half = groupWith({ model: withoutStatistics, optimizer: sgd({ learningRate: 0.05 }) });
    half.train(batchFor(half, 24, 0));
    halved.computeGradients(batchFor(halved, 24, 0));
    const engine = halved.engine();
    engine.reduce(0, 1, 3);
    const { gradients } = halved.layout;
    const sums = halved.floats.subarray(gradients / 4, gradients / 4 + halved.plan.parameterFloats);
    sums.set(sums.map((g) => g / 2));
    engine.update(0, 1, 3, [0.1, 0, 0]);
    halved.step++;
    // A factor of 2 is exact, in the gradients as in the learning rate.
    const parameters = (group: EngineGroup) => group.stateBits().subarray(0, group.plan.parameterFloats);
    expect(parameters(halved)).toEqual(parameters(half));
    expect(parameters(halved)).not.toEqual(new Int32Array(halved.plan.parameterFloats));
  });
});

describe('a wrong reduction is found', () => {
  const expected = trained({ separateReduction: true });

  test('that leaves out the last shard', () => {
    const group = groupWith({ separateReduction: true });
    group.computeGradients(batchFor(group, 24, 0));
    group.finishStep(3, 1, 2);
    expect(group.stateBits()).not.toEqual(expected[0]?.state);
    expect(group.engine().stepScores(3)).not.toEqual(expected[0]?.scores);
  });

  const narrowed = (last: (plan: Plan) => number) => (plan: Plan) =>
    ({ ...plan, reduction: { ...plan.reduction, last: last(plan) } }) as Plan;
  /** Trained parameters come first. */
  const trainedUnits = ({ parameters }: Plan) =>
    Math.min(...parameters.filter(({ isTrained }) => !isTrained).map(({ offset }) => offset)) / 16;

  test.each<[string, (plan: Plan) => Plan]>([
    ['that leaves out the running statistics', narrowed(trainedUnits)],
    ['that leaves out the last unit', narrowed(({ reduction }) => (reduction?.last ?? 0) - 1)],
  ])('%s', (_, change) => {
    const wrong = trained({ separateReduction: true, change });
    expect(wrong[0]?.state).not.toEqual(expected[0]?.state);
  });
});
