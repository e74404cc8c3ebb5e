// Running statistics: parameters that follow the batches, and that no optimizer changes.
import {
  adamW,
  dense,
  type LayerOptions,
  meanSquaredError,
  type Optimizer,
  rmsprop,
  sequential,
  sgd,
} from '@convoy/layers';
import { callsOf, compilePlan } from '@convoy/layers/compile';
import { describe, expect, test } from 'vitest';
import { expectClose } from './expectations.ts';
import { LEVEL, level, MOMENTUM } from './level.ts';
import { batch, learnerWith, takeSteps } from './steps.ts';

describe('running statistics', () => {
  const withLevel = (options: LayerOptions = {}) =>
    sequential({ input: [6] }, [dense({ units: 4 }), level(options), dense({ units: 3 })]);
  const without = sequential({ input: [6] }, [dense({ units: 4 }), dense({ units: 3 })]);
  const everything = { globalClipNorm: 0.1, clipValue: 0.05, averageDecay: 0.5 };

  test.each<[string, Optimizer]>([
    ['sgd', sgd({ learningRate: 0.1, momentum: 0.9, weightDecay: 0.5 })],
    ['adamW with everything', adamW({ weightDecay: 0.5, ...everything })],
    ['rmsprop with a clip by value', rmsprop({ clipValue: 0.05 })],
  ])('follow the batches, while %s trains the other parameters', (_, optimizer) => {
    // Several shards; the last one is not full.
    const learner = learnerWith(optimizer, 64, withLevel({ learningRateFactor: 0.5 }));
    const other = learnerWith(optimizer, 64, without);
    let expected = 2;
    for (let step = 0; step < 5; step++) {
      learner.train(...batch(27, step));
      other.train(...batch(27, step));
      expected += MOMENTUM * (LEVEL - expected);
      const { 'level_1.level': actual, ...parameters } = Object.fromEntries(learner.parameters());
      expectClose(`level after step ${step}`, actual?.data ?? [], [expected], 1e-6);
      expect(parameters).toEqual(Object.fromEntries(other.parameters()));
    }
    if ('averageDecay' in optimizer.settings && optimizer.settings.averageDecay !== undefined) {
      expect(learner.slot('average').get('level_1.level')).toEqual(learner.parameters().get('level_1.level'));
    }
  });

  test('follow the batches if nothing before them is trained', () => {
    const first = sequential({ input: [6] }, [level(), dense({ units: 3, frozen: true })]);
    const plan = compilePlan(first, { loss: meanSquaredError(), optimizer: sgd({ learningRate: 0.1 }) });
    expect(callsOf(plan, 'backward').map(({ layer }) => layer)).toContain('level_1');
    const learner = learnerWith(sgd({ learningRate: 0.1 }), 64, first);
    learner.train(...batch(27, 0));
    expect(learner.parameters().get('level_1.level')?.data[0]).toBeCloseTo(2 + MOMENTUM * (LEVEL - 2), 5);
  });

  test('of a frozen layer do not change', () => {
    const learner = learnerWith(adamW(everything), 64, withLevel({ frozen: true }));
    takeSteps(learner, 3, 27, () => {});
    expect(learner.parameters().get('level_1.level')?.data).toEqual(Float32Array.of(2));
  });
});
