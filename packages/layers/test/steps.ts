// What tests of optimizers train: a small model on batches that every run agrees on.
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

/** @param model takes 6 numbers and makes 3 */
export const learnerWith = (optimizer: Optimizer, batchSize = 64, model: Model = plain): Learner =>
  createLearner({ model, loss: meanSquaredError(), optimizer, batchSize, seed: 3 });

/** Inputs and targets of one step. */
export const batch = (samples: number, step: number) =>
  [
    tensorOf(randomNumbers(samples * 6, `inputs ${step}`), [samples, 6]),
    tensorOf(randomNumbers(samples * 3, `targets ${step}`), [samples, 3]),
  ] as const;

/** The numbers of a learner, or of one of its slots, in float64. */
export const inDoubles = (arrays: ReturnType<Learner['parameters']>): Map<string, Float64Array> =>
  new Map([...arrays].map(([name, { data }]) => [name, Float64Array.from(data)]));

/**
 * Takes steps and tells, after each, of the gradients it had: by parameter, as float64. The step counts from 0.
 * @param samples of each batch
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
