// Values that backward recomputes: which layer's calls make them, where these calls run, and which memory that saves.
import { batchNorm2d, conv2d, type Model, relu, sequential, sgd, softmaxCrossEntropy } from '@convoy/layers';
import { callsOf, compilePlan, type PlanCall } from '@convoy/layers/compile';
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
  const backward = plan.training.flatMap(({ stages }) => stages.filter(({ pass }) => pass === 'backward'));

  test('are recomputed by their layer, before the next layer reads them', () => {
    const layers = backward[0]?.calls.map(({ layer }) => layer);
    expect(layers).toEqual(['batchNorm2d_1', ...Array(3).fill('conv2d_2'), 'batchNorm2d_1', 'batchNorm2d_1']);
  });

  test('are recomputed in the same way in every block', () => {
    const [first] = backward[0]?.calls ?? [];
    expect(first?.laterKernel).toBe(first?.kernel);
  });

  test('take no memory that the block keeps from one phase to the next', () => {
    const written = backward[0]?.calls[0]?.operands.at(-1);
    expect(written?.region).toBe(Region.transient);
  });

  test('are recomputed by kernels of their own, because times are measured by kernel', () => {
    const plan = planOf(resnet20());
    const kernelsOf = ({ kernel, laterKernel }: PlanCall) => [...new Set([kernel, laterKernel])];
    const forward = new Set(callsOf(plan, 'forward').flatMap(kernelsOf));
    const backward = [...new Set(callsOf(plan, 'backward'))].flatMap(kernelsOf);
    expect(backward.filter((kernel) => forward.has(kernel))).toEqual([]);
    expect(new Set(backward).size).toBe(backward.length);
  });
});
