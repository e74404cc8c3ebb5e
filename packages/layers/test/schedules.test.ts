// Schedules: their values, and invalid learning rates. `test/golden-optimizers.test.ts` compares them with PyTorch.
import {
  adam,
  constantSchedule,
  cosineDecay,
  defineSchedule,
  exponentialDecay,
  type LearningRate,
  learningRateAt,
  oneCycle,
  piecewiseConstant,
  type Schedule,
  sgd,
  stepDecay,
  warmUp,
} from '@convoy/layers';
import { numberIn } from '@convoy/tensor/checks';
import { describe, expect, test } from 'vitest';
import { expectConvoyError } from './expectations.ts';
import { batch, learnerWith } from './steps.ts';

const at = (learningRate: LearningRate, step: number) => learningRateAt(sgd({ learningRate }), step);
const over = (learningRate: LearningRate, steps: readonly number[]) => steps.map((step) => at(learningRate, step));

test.each<[name: string, schedule: LearningRate, steps: readonly number[], rates: readonly number[]]>([
  ['a number', 0.1, [0, 1, 1e9], [0.1, 0.1, 0.1]],
  ['a function', (step) => 2 ** -step, [0, 1, 10], [1, 0.5, 2 ** -10]],
  ['constant', constantSchedule({ learningRate: 0.1 }), [0, 1, 1e9], [0.1, 0.1, 0.1]],
  [
    'step decay',
    stepDecay({ initialLearningRate: 8, decaySteps: 3, decayRate: 0.5 }),
    [0, 2, 3, 5, 6, 3e6],
    [8, 8, 4, 4, 2, 0],
  ],
  ['step decay by default', stepDecay({ initialLearningRate: 1, decaySteps: 1 }), [0, 1], [1, 0.1]],
  [
    'exponential decay',
    exponentialDecay({ initialLearningRate: 8, decayRate: 0.25, decaySteps: 2 }),
    [0, 1, 2, 3],
    [8, 4, 2, 1],
  ],
  ['exponential growth', exponentialDecay({ initialLearningRate: 1, decayRate: 2 }), [0, 1, 10], [1, 2, 1024]],
  [
    'cosine decay',
    cosineDecay({ initialLearningRate: 5, decaySteps: 2, finalLearningRate: 1 }),
    [0, 1, 2, 3, 1e9],
    [5, 3, 1, 1, 1],
  ],
  [
    'cosine decay with restarts',
    cosineDecay({ initialLearningRate: 4, decaySteps: 2, restarts: true }),
    [0, 1, 2, 3, 4],
    [4, 2, 4, 2, 4],
  ],
  [
    'one cycle',
    oneCycle({ maxLearningRate: 8, totalSteps: 9, increasingFraction: 1 / 3, initialDivisor: 2, finalDivisor: 4 }),
    [0, 1, 2, 5, 8, 9, 1e9],
    [4, 6, 8, 4.5, 1, 1, 1],
  ],
  [
    'one cycle that only falls',
    oneCycle({ maxLearningRate: 8, totalSteps: 1, increasingFraction: 0, initialDivisor: 2, finalDivisor: 4 }),
    [0, 1],
    [1, 1],
  ],
  ['warm-up', warmUp({ steps: 4, learningRate: 1, startFactor: 0.5 }), [0, 1, 2, 4, 5], [0.5, 0.625, 0.75, 1, 1]],
  [
    'warm-up of a schedule, which starts after it',
    warmUp({ steps: 2, startFactor: 0, learningRate: exponentialDecay({ initialLearningRate: 4, decayRate: 0.5 }) }),
    [0, 1, 2, 3, 4],
    [0, 2, 4, 2, 1],
  ],
  [
    'piecewise constant',
    piecewiseConstant({ boundaries: [2, 5], learningRates: [3, 2, 1] }),
    [0, 1, 2, 4, 5, 1e9],
    [3, 3, 2, 2, 1, 1],
  ],
  ['piecewise constant in one piece', piecewiseConstant({ boundaries: [], learningRates: [3] }), [0, 7], [3, 3]],
])('%s', (_, schedule, steps, rates) => {
  expect(over(schedule, steps)).toEqual(rates);
  if (typeof schedule === 'object') expect(over(structuredClone(schedule), steps)).toEqual(rates);
});

test('a warm-up of a function', () => {
  const schedule = warmUp({ steps: 1, startFactor: 0.5, learningRate: (step) => step + 2 });
  expect(over(schedule, [0, 1, 2])).toEqual([1, 2, 3]);
});

test("a user's schedule", () => {
  const inverse = defineSchedule<{ start: number }, { start: number }>({
    type: 'inverse',
    settings: (check) => check({ start: numberIn({}) }),
    learningRate: ({ start }, step) => start / (1 + step),
  });
  expect(over(inverse({ start: 2 }), [0, 1, 3])).toEqual([2, 1, 0.5]);
});

test('a learner asks a schedule for each of its steps', () => {
  const rates = [0.5, 0, 0.25];
  const asked: number[] = [];
  const learningRate = (step: number) => {
    asked.push(step);
    return rates[step] as number;
  };
  const learner = learnerWith(sgd({ learningRate }));
  let before = learner.parameters();
  asked.length = 0;
  for (const [step, rate] of rates.entries()) {
    const { parameters: gradients } = learner.gradients(...batch(8, step));
    learner.train(...batch(8, step));
    const after = learner.parameters();
    for (const [name, { data }] of after) {
      const gradient = gradients.get(name)?.data as Float32Array;
      const start = before.get(name)?.data as Float32Array;
      expect(data).toEqual(start.map((w, i) => w - Math.fround(rate * (gradient[i] as number))));
    }
    before = after;
  }
  expect(asked).toEqual([0, 1, 2]);
});

describe('an invalid learning rate', () => {
  test.each<[given: string, rate: unknown]>([
    ['NaN', Number.NaN],
    ['-1', -1],
    ['Infinity', Infinity],
    ['undefined', undefined],
    ['"0.1"', '0.1'],
    ['1e+39, which is Infinity as float32', 1e39],
    ['7n', 7n],
    ['Symbol(rate)', Symbol('rate')],
    ['an object (Promise)', Promise.resolve(0.1)],
  ])('%s is rejected by the name of its step', (given, rate) => {
    const schedule = ((step: number) => (step < 7 ? 0.1 : rate)) as Schedule;
    expect(at(schedule, 6)).toBe(0.1);
    expectConvoyError(() => at(schedule, 7), 'CONVOY_INVALID_OPTION', `the learning rate of step 7: ${given}`);
  });

  test('of a schedule after a warm-up is rejected by the step of the run', () => {
    const schedule = warmUp({ steps: 5, learningRate: (step) => (step < 2 ? 1 : -1) });
    expectConvoyError(() => at(schedule, 7), 'CONVOY_INVALID_OPTION', 'the learning rate of step 7: -1');
  });

  test('is rejected where a schedule overflows', () => {
    const schedule = exponentialDecay({ initialLearningRate: 1, decayRate: 2 });
    expect(at(schedule, 127)).toBe(2 ** 127);
    expectConvoyError(() => at(schedule, 128), 'CONVOY_INVALID_OPTION', 'the learning rate of step 128: 3.40');
    expectConvoyError(() => at(schedule, 1024), 'CONVOY_INVALID_OPTION', 'the learning rate of step 1024: Infinity');
  });

  test('of a schedule during its warm-up is rejected, also if it would become a number', () => {
    const schedule = warmUp({ steps: 5, learningRate: (() => '0.1') as unknown as Schedule });
    expectConvoyError(() => at(schedule, 2), 'CONVOY_INVALID_OPTION', 'the learning rate of step 0: "0.1"');
  });

  test('is rejected where the optimizer makes it too large for float32', () => {
    // The step size of Adam at step 0 is η / (1 − β₁).
    const optimizer = adam({ learningRate: 1e38, beta1: 0.99 });
    expectConvoyError(
      () => learnerWith(optimizer),
      'CONVOY_INVALID_OPTION',
      'the optimizer adam, whose stepSize at step 0 is',
    );
    expect(() => learnerWith(adam({ learningRate: 1e36, beta1: 0.99 }))).not.toThrow();
  });

  test('is asked for of an optimizer, at a step', () => {
    expectConvoyError(() => learningRateAt(null as never, 0), 'CONVOY_INVALID_OPTION', 'optimizer: null');
    expectConvoyError(() => learningRateAt(sgd as never, 0), 'CONVOY_INVALID_OPTION', 'optimizer: a function');
    expectConvoyError(() => learningRateAt(sgd({ learningRate: 1 }), -1), 'CONVOY_INVALID_OPTION', 'step: -1');
  });

  test('stops a learner before it has changed anything', () => {
    const learner = learnerWith(sgd({ learningRate: (step) => (step < 1 ? 0.1 : Number.NaN), momentum: 0.9 }));
    learner.train(...batch(8, 0));
    const before = [learner.parameters(), learner.slot('velocity')];
    expectConvoyError(() => learner.train(...batch(8, 1)), 'CONVOY_INVALID_OPTION', 'step 1: NaN');
    expect([learner.parameters(), learner.slot('velocity')]).toEqual(before);
    expect(learner.step).toBe(1);
    expectConvoyError(() => learnerWith(sgd({ learningRate: () => -1 })), 'CONVOY_INVALID_OPTION', 'step 0: -1');
  });

  test('may be a schedule of an unknown type', () => {
    const guess = { type: 'guess', settings: {} };
    expectConvoyError(() => sgd({ learningRate: guess }), 'CONVOY_UNKNOWN_NAME', 'a schedule of type "guess"');
    expectConvoyError(() => sgd({ learningRate: {} as never }), 'CONVOY_INVALID_OPTION', 'learningRate: an object');
  });
});

describe('options', () => {
  const decay = { initialLearningRate: 0.1, decaySteps: 10, decayRate: 0.5 };
  const cosine = { initialLearningRate: 0.1, decaySteps: 10 };
  const cycle = { maxLearningRate: 0.1, totalSteps: 10 };
  const pieces = { boundaries: [2, 5], learningRates: [3, 2, 1] };

  test.each<[given: string, describe: () => unknown]>([
    ['learningRate: -1', () => constantSchedule({ learningRate: -1 })],
    ['initialLearningRate: NaN', () => stepDecay({ ...decay, initialLearningRate: Number.NaN })],
    ['decaySteps: 0', () => stepDecay({ ...decay, decaySteps: 0 })],
    ['decayRate: 0', () => stepDecay({ ...decay, decayRate: 0 })],
    ['decayRate: undefined', () => exponentialDecay({ initialLearningRate: 1 } as never)],
    ['decaySteps: 0.5', () => exponentialDecay({ ...decay, decaySteps: 0.5 })],
    ['decaySteps: undefined', () => cosineDecay({ initialLearningRate: 1 } as never)],
    ['finalLearningRate: -1', () => cosineDecay({ ...cosine, finalLearningRate: -1 })],
    ['restarts: 1', () => cosineDecay({ ...cosine, restarts: 1 as never })],
    ['totalSteps: 0', () => oneCycle({ ...cycle, totalSteps: 0 })],
    ['increasingFraction: 1', () => oneCycle({ ...cycle, increasingFraction: 1 })],
    ['initialDivisor: 0', () => oneCycle({ ...cycle, initialDivisor: 0 })],
    ['finalDivisor: 0', () => oneCycle({ ...cycle, finalDivisor: 0 })],
    ['steps: 0', () => warmUp({ steps: 0, learningRate: 1 })],
    ['startFactor: 1.5', () => warmUp({ steps: 1, learningRate: 1, startFactor: 1.5 })],
    ['learningRate: undefined', () => warmUp({ steps: 1 } as never)],
    ['boundaries: undefined', () => piecewiseConstant({ learningRates: [1] } as never)],
    ['boundaries: [5, 5]', () => piecewiseConstant({ ...pieces, boundaries: [5, 5] })],
    ['boundaries[1]: 0', () => piecewiseConstant({ ...pieces, boundaries: [2, 0] })],
    ['learningRates: [3, 2]', () => piecewiseConstant({ ...pieces, learningRates: [3, 2] })],
    ['learningRates[2]: -1', () => piecewiseConstant({ ...pieces, learningRates: [3, 2, -1] })],
  ])('rejects %s', (given, describeSchedule) => expectConvoyError(describeSchedule, 'CONVOY_INVALID_OPTION', given));
});
