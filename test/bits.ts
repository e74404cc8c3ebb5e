// The runs whose bits test/golden/bits.json pins: every model of the zoo with several optimizers and step sizes, 5 steps each.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createDataset, type Dataset } from '@convoy/datasets';
import { adam, adamW, createLearner, type Model, type Optimizer, sgd, softmaxCrossEntropy } from '@convoy/layers';
import * as zoo from '@convoy/layers/zoo';
import { sizeOf, Tensor } from '@convoy/tensor';
import { createTrainer } from '@convoy/trainer';
import { draws, numbers } from './golden-numbers.ts';

/** One run: a model of the zoo, an optimizer and a step size. */
export interface BitsCase {
  /** `model / optimizer / step`, the key in bits.json. */
  readonly name: string;
  readonly model: Model;
  readonly optimizer: Optimizer;
  readonly batchSize: number;
  readonly accumulate: number;
}

export interface Bits {
  /** The `ARITHMETIC` of the code that made the hashes. */
  readonly arithmetic: number;
  /** SHA-256 by the name of the case. */
  readonly hashes: Readonly<Record<string, string>>;
}

export const BITS_FILE = new URL('golden/bits.json', import.meta.url);
const STEPS = 5;
const SEED = 1;
const loss = softmaxCrossEntropy();

export const readBits = (): Bits => JSON.parse(readFileSync(BITS_FILE, 'utf8'));

const models: Readonly<Record<string, () => Model>> = {
  ...(zoo as Readonly<Record<string, () => Model>>),
  'resnet20 (sync)': () => zoo.resnet20({ sync: true }),
};

const optimizers: Readonly<Record<string, Optimizer>> = {
  sgd: sgd({ learningRate: 0.01, momentum: 0.9 }),
  adam: adam({ learningRate: 0.001 }),
  'adamW, average, clipping': adamW({ learningRate: 0.001, globalClipNorm: 1, clipValue: 0.5, averageDecay: 0.9 }),
};

const steps = {
  'batch 64': { batchSize: 64, accumulate: 1 },
  // Not a multiple of 8: the last block of a step has empty lanes.
  'batch 52': { batchSize: 52, accumulate: 1 },
  'accumulate 2': { batchSize: 64, accumulate: 2 },
} as const;

export function bitsCases(): readonly BitsCase[] {
  return Object.entries(models).flatMap(([modelName, create]) => {
    const model = create();
    return Object.entries(optimizers).flatMap(([optimizerName, optimizer]) =>
      Object.entries(steps).map(([stepName, step]) => ({
        name: `${modelName} / ${optimizerName} / ${stepName}`,
        model,
        optimizer,
        ...step,
      })),
    );
  });
}

/** The hash after the run on the calling thread. */
export function bitsOfLearner({ model, optimizer, batchSize, accumulate }: BitsCase): string {
  const samples = batchSize * accumulate;
  const learner = createLearner({ model, loss, optimizer, batchSize: samples, seed: SEED });
  const { inputs, labels } = dataOf(model, samples);
  const [size, labelSize] = [sizeOf(model.input), labels.length / (STEPS * samples)];
  for (let step = 0; step < STEPS; step++) {
    const [first, end] = [step * samples, (step + 1) * samples];
    const batch = new Tensor(inputs.data.subarray(first * size, end * size), [samples, ...model.input]);
    learner.train(batch, labels.subarray(first * labelSize, end * labelSize));
  }
  const averages = optimizer.settings.averageDecay === undefined ? [] : [learner.slot('average')];
  return hashOf([learner.parameters(), ...averages]);
}

/** The hash after the run of a trainer. */
export async function bitsOfTrainer(run: BitsCase, workers: number): Promise<string> {
  const { model, optimizer, batchSize, accumulate } = run;
  await using trainer = await createTrainer({ model, loss, optimizer, batchSize, accumulate, seed: SEED, workers });
  await trainer.fit(asDataset(model, batchSize * accumulate), { epochs: 1, shuffle: false });
  const averages = optimizer.settings.averageDecay === undefined ? [] : [trainer.parameters('average')];
  return hashOf([trainer.parameters(), ...averages]);
}

function dataOf(model: Model, samplesOfStep: number) {
  const samples = STEPS * samplesOfStep;
  const [classes = 0, ...shape] = model.output;
  return {
    inputs: numbers('bits: inputs', [samples, ...model.input], 1024),
    labels: Int32Array.from(draws('bits: labels', samples * sizeOf(shape), classes)),
  };
}

function asDataset(model: Model, samplesOfStep: number): Dataset {
  const { inputs, labels } = dataOf(model, samplesOfStep);
  const [classes = 0, ...shape] = model.output;
  return createDataset({
    sampleShape: model.input,
    inputs: inputs.data,
    targets: { kind: 'labels', labels, classes, shape },
  });
}

/** SHA-256 of names and float32 values, which are little-endian. */
function hashOf(tensors: readonly ReadonlyMap<string, Tensor>[]): string {
  const hash = createHash('sha256');
  for (const [name, { data }] of tensors.flatMap((map) => [...map])) {
    hash.update(name).update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest('hex');
}
