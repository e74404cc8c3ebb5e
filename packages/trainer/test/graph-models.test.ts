// Models whose layers branch, meet, are shared, are frozen and have several outputs: the bits of one thread for any number of workers.
import { join } from 'node:path';
import {
  accuracy,
  adamW,
  add,
  avgPool2d,
  concat,
  conv2d,
  createLearner,
  dense,
  flatten,
  graph,
  type LearnerOptions,
  maxPool2d,
  multiply,
  relu,
  shared,
  sigmoid,
  softmaxCrossEntropy,
  tanh,
  weighted,
} from '@convoy/layers';
import { checkpoint, createTrainer } from '@convoy/trainer';
import { describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../../datasets/test/temporary-directory.ts';
import { bitsOf, hashOf } from './bits.ts';
import { inputsOf, learned, targetsOf } from './single-thread.ts';
import { classifier, images } from './small-cases.ts';

const root = temporaryDirectory();

const model = graph({ input: [1, 9, 7] }, (image) => {
  const stem = image.to(conv2d({ filters: 2, kernelSize: 3, padding: 'same', frozen: true, name: 'stem' }), tanh());
  const wide = image.merge(concat(), stem);
  const block = shared(conv2d({ filters: 3, kernelSize: 3, padding: 'same', learningRateFactor: 0.5 }));
  const first = wide.to(block, relu());
  const second = first.to(block).merge(add(), wide).to(relu());
  const gate = second.to(avgPool2d({ size: [9, 7] }), conv2d({ filters: 3, kernelSize: 1 }), sigmoid());
  const gated = second.merge(multiply(), gate).to(maxPool2d({ size: 2 }));
  const early = first.to(flatten(), dense({ units: 5, name: 'early', weightDecay: false }));
  return [gated.to(flatten(), dense({ units: 5, name: 'late' })), early];
});

const training = {
  ...classifier,
  model,
  loss: [softmaxCrossEntropy(), weighted(softmaxCrossEntropy(), 0.3)],
  metrics: [accuracy()],
  optimizer: adamW({ learningRate: 0.01, weightDecay: 0.1, globalClipNorm: 1, averageDecay: 0.9 }),
} satisfies LearnerOptions;
const data = images(100);

describe('a model that branches', () => {
  it.each([1, 2, 3])('has the bits of one thread with %i workers', async (workers) => {
    await using trainer = await createTrainer({ ...training, workers });
    await trainer.fit(data, { epochs: 2 });
    expect(hashOf(trainer)).toBe(hashOf(learned(training, data, { epochs: 2 })));
  });

  it('is scored by all its outputs, and predicts the first', async () => {
    const learner = learned(training, data, { epochs: 2 });
    await using trainer = await createTrainer({ ...training, workers: 2 });
    await trainer.fit(data, { epochs: 2 });
    const inputs = inputsOf(data);
    const whole = createLearner({ ...training, batchSize: data.length });
    whole.setParameters(learner.parameters());
    const all = Array.from({ length: data.length }, (_, i) => i);
    const { scores } = whole.gradients(inputs, targetsOf(data, all));
    expect(await trainer.evaluate(data)).toEqual({ ...scores, loss: expect.closeTo(scores.loss, 5) });
    expect(bitsOf(await trainer.predict(data))).toEqual(bitsOf(learner.predict(inputs)));
  });

  it('continues from a checkpoint, which tells other outputs and weights apart', async () => {
    const directory = join(root, 'branching');
    {
      await using trainer = await createTrainer({ ...training, workers: 2 });
      await trainer.fit(data, { epochs: 2, maxSteps: 5, callbacks: [checkpoint({ directory })] });
    }
    await using trainer = await createTrainer({ ...training, workers: 3 });
    await trainer.fit(data, { epochs: 2, resume: directory });
    expect(hashOf(trainer)).toBe(hashOf(learned(training, data, { epochs: 2 })));

    for (const [given, changes] of [
      ['loss of output 2, weight: 0.3', { loss: [softmaxCrossEntropy(), weighted(softmaxCrossEntropy(), 0.4)] }],
      ['outputs[0]: ', { model: { ...model, outputs: model.outputs.toReversed() } }],
    ] as const) {
      await using other = await createTrainer({ ...training, ...changes, workers: 1 });
      await expect(other.fit(data, { epochs: 2, resume: directory })).rejects.toMatchObject({
        code: 'CONVOY_CHECKPOINT_MISMATCH',
        given: expect.stringContaining(given),
      });
    }
  });

  it('leaves frozen parameters as they are, in the average too', async () => {
    const start = createLearner(training).parameters();
    await using trainer = await createTrainer({ ...training, workers: 2 });
    await trainer.fit(data, { epochs: 1 });
    for (const weights of ['current', 'average'] as const) {
      for (const [name, tensor] of trainer.parameters(weights)) {
        const isSame = expect(bitsOf(tensor), name);
        const before = bitsOf(start.get(name) as typeof tensor);
        if (name.startsWith('stem.')) isSame.toEqual(before);
        else isSame.not.toEqual(before);
      }
    }
  });
});
