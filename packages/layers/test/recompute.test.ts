// Values that backward makes once more: whose calls those are, where they stand, and what memory that saves.
import {
  batchNorm2d,
  callsOf,
  compilePlan,
  conv2d,
  type Model,
  relu,
  sequential,
  sgd,
  softmaxCrossEntropy,
} from '@convoy/layers';
import { resnet20 } from '@convoy/layers/zoo';
import { describe, expect, test } from 'vitest';
import { Region } from '../src/runtime/plan.ts';

const planOf = (model: Model) =>
  compilePlan(model, { loss: softmaxCrossEntropy(), optimizer: sgd({ learningRate: 0.1 }) });

/** 8 classes: the planes of the last convolution are single pixels. */
const model = sequential({ input: [4, 12, 12] }, [
  conv2d({ filters: 32, kernelSize: 3, padding: 'same' }),
  batchNorm2d({ sync: true }),
  relu(),
  conv2d({ filters: 8, kernelSize: 12 }),
]);

describe('normalized values', () => {
  const plan = planOf(model);
  const backward = plan.training.flatMap(({ stages }) => stages.filter(({ part }) => part === 'backward'));

  test('are made by their layer, before the layer behind it reads them', () => {
    const [stage] = backward;
    for (const calls of [stage?.first ?? [], stage?.later ?? []]) {
      const layers = calls.map(({ layer }) => layer);
      expect(layers).toEqual(['batchNorm2d_1', ...Array(3).fill('conv2d_2'), 'batchNorm2d_1', 'batchNorm2d_1']);
    }
  });

  test('take no memory that the block keeps from one phase to the next', () => {
    const written = backward[0]?.first[0]?.arguments.at(-1);
    expect(written?.region).toBe(Region.transient);
  });

  test('have kernels of their own there, by which their time is told', () => {
    const plan = planOf(resnet20());
    const forward = new Set(callsOf(plan, 'forward').map(({ kernel }) => kernel));
    const backward = [...new Set(callsOf(plan, 'backward'))].map(({ kernel }) => kernel);
    expect(backward.filter((kernel) => forward.has(kernel))).toEqual([]);
    expect(new Set(backward).size).toBe(backward.length);
  });
});
