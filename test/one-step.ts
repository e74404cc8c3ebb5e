// One step of gradient descent on one batch, by a learner or by a trainer, so that the same checks run on both.
import { createDataset } from '@convoy/datasets';
import { createLearner, type Model, meanSquaredError, sgd } from '@convoy/layers';
import { Tensor } from '@convoy/tensor';
import { createTrainer } from '@convoy/trainer';

interface Step {
  readonly model: Model;
  readonly parameters: Iterable<readonly [string, Tensor]>;
  /** (N, ...model.input) */
  readonly inputs: Tensor;
  /** ∂E/∂y, (N, ...model.output) */
  readonly outputGradient: ArrayLike<number>;
  readonly learningRate: number;
}

interface Stepped {
  /** Before the step. */
  readonly outputs: Tensor;
  /** After it. */
  readonly parameters: ReadonlyMap<string, Tensor>;
}

export type TakeStep = (step: Step) => Promise<Stepped>;

/** E = ½ Σ (t − y)², the mean over the batch. */
export const loss = meanSquaredError({ reduction: 'halfSum' });

/** The targets t for which ∂E/∂y = (y − t) / N has the wanted values. */
export function targetsFor(outputGradient: ArrayLike<number>, outputs: Tensor): Tensor {
  const [samples = 1] = outputs.shape;
  const targets = outputs.data.map((y, i) => y - samples * (outputGradient[i] as number));
  return new Tensor(targets, outputs.shape);
}

const optionsOf = ({ model, inputs, learningRate }: Step) => ({
  model,
  loss,
  optimizer: sgd({ learningRate }),
  batchSize: inputs.shape[0] as number,
});

/** A step on this thread. */
export const learnerStep: TakeStep = async (step) => {
  const learner = createLearner(optionsOf(step));
  learner.setParameters(step.parameters);
  const outputs = learner.predict(step.inputs);
  learner.train(step.inputs, targetsFor(step.outputGradient, outputs));
  return { outputs, parameters: learner.parameters() };
};

/** A step on worker threads. */
export const trainerStep =
  (workers: number): TakeStep =>
  async (step) => {
    await using trainer = await createTrainer({ ...optionsOf(step), workers });
    trainer.setParameters(step.parameters);
    const outputs = await trainer.predict(step.inputs);
    const values = targetsFor(step.outputGradient, outputs).data;
    const targets = { kind: 'values', values, shape: step.model.output } as const;
    const batch = createDataset({ sampleShape: step.model.input, inputs: step.inputs.data, targets });
    await trainer.fit(batch, { epochs: 1 });
    return { outputs, parameters: trainer.parameters() };
  };
