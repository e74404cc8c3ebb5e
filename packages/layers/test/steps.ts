// A small model and its batches, the same in every run, for tests of optimizers.
import {
  createLearner,
  dense,
  type Learner,
  type Model,
  meanSquaredError,
  type Optimizer,
  sequential,
  tanh,
} from '@convoy/layers';
import { randomNumbers, tensorOf } from './numbers.ts';

const plain = sequential({ input: [6] }, [dense({ units: 17 }), tanh(), dense({ units: 3 })]);

/** @param model a model with 6 inputs and 3 outputs */
export const learnerWith = (optimizer: Optimizer, batchSize = 64, model: Model = plain): Learner =>
  createLearner({ model, loss: meanSquaredError(), optimizer, batchSize, seed: 3 });

/** Inputs and targets of one step. */
export const batch = (samples: number, step: number) =>
  [
    tensorOf(randomNumbers(samples * 6, `inputs ${step}`), [samples, 6]),
    tensorOf(randomNumbers(samples * 3, `targets ${step}`), [samples, 3]),
  ] as const;

/** The parameters of a learner, or one of its slots, in float64. */
export const inDoubles = (arrays: ReturnType<Learner['parameters']>): Map<string, Float64Array> =>
  new Map([...arrays].map(([name, { data }]) => [name, Float64Array.from(data)]));

/**
 * Takes steps, and calls `after` after each of them with its number, from 0 on, and its gradients in float64, by parameter.
 * @param samples the number of samples of each batch
 */
export function takeSteps(
  learner: Learner,
  steps: number,
  samples: number,
  after: (step: number, gradients: Map<string, Float64Array>) => void,
): void {
  for (let step = 0; step < steps; step++) {
    const gradients = inDoubles(learner.gradients(...batch(samples, step)).parameters);
    learner.train(...batch(samples, step));
    after(step, gradients);
  }
}
