// Every layer and every loss, with each of their options, against PyTorch. golden/layers/make.py made the files.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readSafetensors } from '@convoy/formats';
import * as layers from '@convoy/layers';
import { type Shape, Tensor } from '@convoy/tensor';
import { describe, expect, test } from 'vitest';
import { numbers, relativeDifference } from './golden-numbers.ts';
import { loss as halfSum, targetsFor } from './one-step.ts';

interface Description {
  /** The function of `@convoy/layers` that makes it. */
  readonly type: string;
  readonly options: object;
}

/** Shapes are those of one sample; inputs and predictions lie in [-reach, reach). */
type Case = {
  readonly name: string;
  readonly reach: number;
  /** Of a case that may be less exact, and why. */
  readonly tolerance?: number;
  readonly reason?: string;
} & (
  | { readonly layer: Description; readonly input: Shape }
  | { readonly loss: Description; readonly prediction: Shape }
);

/** A case's results by name: its output or loss, and the gradients at its input or predictions and at each parameter. */
type Results = ReadonlyMap<string, Tensor>;

/** As in golden/layers/cases.py. */
const SAMPLES = 9;
const INPUT_STEPS = 64;
const FINE_STEPS = 2 ** 16;
/** As a part of the greatest number of a tensor. */
const TOLERANCE = 2e-6;
/** So large that both blocks of the samples lie in one shard, and the second one's gradients are added to the first one's. */
const BATCH_SIZE = 200;

const folder = new URL('golden/layers/', import.meta.url);
const optimizer = layers.sgd({ learningRate: 0 });

/** What the function of that name makes of the options: a layer or a loss. */
function make<Made>({ type, options }: Description): Made {
  const functions = layers as unknown as Readonly<Record<string, ((options: object) => Made) | undefined>>;
  const made = functions[type]?.(options);
  if (made) return made;
  throw new Error(`@convoy/layers has no ${type}, which is in golden/layers`);
}

function resultsOf(golden: Case, expected: Results): Results {
  if ('loss' in golden) return lossResults(golden, expected.get('targets') as Tensor);
  return expected.has('evaluated') ? batchNormResults(golden, expected.get('output') as Tensor) : layerResults(golden);
}

function layerResults({ name, layer, input, reach }: Extract<Case, { layer: object }>): Results {
  const model = layers.sequential({ input }, [make(layer)]);
  const learner = layers.createLearner({ model, loss: halfSum, optimizer, batchSize: BATCH_SIZE });
  learner.setParameters(
    layers.parametersOf(model).map(({ name: key, shape }) => [key, numbers(`${name}/${key}`, shape, FINE_STEPS)]),
  );
  const inputs = numbers(`${name}/input`, [SAMPLES, ...input], INPUT_STEPS, reach);
  const output = learner.predict(inputs);
  const { data: outputGradient } = numbers(`${name}/output`, output.shape, FINE_STEPS);
  const gradients = learner.gradients(inputs, targetsFor(outputGradient, output));
  return new Map([['output', output], ['input', gradients.inputs], ...gradients.parameters]);
}

/**
 * Of a layer that normalizes by the numbers of the batch: the output and the gradients of training, then what it keeps of that batch, and the
 * output of evaluation. The output of training shows in the gradients alone, as the targets are made for the expected one.
 */
function batchNormResults({ name, layer, input, reach }: Extract<Case, { layer: object }>, output: Tensor): Results {
  const model = layers.sequential({ input }, [make(layer)]);
  const learner = layers.createLearner({ model, loss: halfSum, optimizer, batchSize: BATCH_SIZE });
  const parameters = layers.parametersOf(model).map(({ name: key, shape }): [string, Tensor] => {
    const { data } = numbers(`${name}/${key}`, shape, FINE_STEPS);
    return [key, new Tensor(key.endsWith('Variance') ? data.map((number) => 1 + number / 2) : data, shape)];
  });
  learner.setParameters(parameters);
  const inputs = numbers(`${name}/input`, [SAMPLES, ...input], INPUT_STEPS, reach);
  const evaluated = learner.predict(inputs);
  const { data: outputGradient } = numbers(`${name}/output`, output.shape, FINE_STEPS);
  const targets = targetsFor(outputGradient, output);
  const gradients = learner.gradients(inputs, targets);
  learner.train(inputs, targets);
  // Statistics move even where the learning rate is 0.
  // These move even if the learning rate is 0, and stand in the place of what `gradients` has for them.
  const kept = [...learner.parameters()].filter(([key]) => key.includes('.running'));
  return new Map([
    ['output', output],
    ['input', gradients.inputs],
    ...gradients.parameters,
    ...kept,
    ['evaluated', evaluated],
  ]);
}

function lossResults({ name, loss, prediction, reach }: Extract<Case, { loss: object }>, targets: Tensor): Results {
  // Each passes its input on.
  const layer = prediction.length === 1 ? layers.flatten() : layers.avgPool2d({ size: 1 });
  const model = layers.sequential({ input: prediction }, [layer]);
  const learner = layers.createLearner({ model, loss: make(loss), optimizer, batchSize: BATCH_SIZE });
  const predictions = numbers(`${name}/prediction`, [SAMPLES, ...prediction], INPUT_STEPS, reach);
  const { scores, inputs } = learner.gradients(predictions, targets);
  return new Map([
    ['targets', targets],
    ['loss', new Tensor(Float32Array.of(scores.loss), [1])],
    ['prediction', inputs],
  ]);
}

/** The relative difference of each result. */
function differences(actual: Results, expected: Results): Map<string, number> {
  expect(
    [...actual].map(([name, { shape }]) => [name, shape]),
    'results and their shapes',
  ).toEqual([...expected].map(([name, { shape }]) => [name, shape]));
  return new Map(
    [...expected].map(([name, { data }]) => [name, relativeDifference((actual.get(name) as Tensor).data, data)]),
  );
}

const families = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .map((file) => file.replace('.json', ''));

const readFamily = async (family: string) => {
  const cases: Case[] = JSON.parse(readFileSync(new URL(`${family}.json`, folder), 'utf8'));
  const { tensors } = await readSafetensors(fileURLToPath(new URL(`${family}.safetensors`, folder)));
  return cases.map((golden) => {
    const prefix = `${golden.name}/`;
    const own = [...tensors].filter(([name]) => name.startsWith(prefix));
    return { golden, expected: new Map(own.map(([name, tensor]) => [name.slice(prefix.length), tensor])) };
  });
};

describe.each(await Promise.all(families.map(async (family) => ({ family, cases: await readFamily(family) }))))(
  '$family',
  ({ cases }) => {
    let worst = { name: '', difference: 0 };

    test.each(cases)('$golden.name', ({ golden, expected }) => {
      const { tolerance = TOLERANCE, reason } = golden;
      if (tolerance > TOLERANCE) expect(reason, 'why the tolerance is larger').toBeTruthy();
      for (const [name, difference] of differences(resultsOf(golden, expected), expected)) {
        expect(difference, name).toBeLessThanOrEqual(tolerance);
        if (difference >= worst.difference) worst = { name: `${golden.name}/${name}`, difference };
      }
    });

    test('how far from PyTorch the worst case is', async ({ annotate }) => {
      await annotate(`${worst.difference.toExponential(1)} of the greatest number: ${worst.name}`);
    });

    test('a wrong number in any result is found', () => {
      const { golden, expected } = cases[0] as (typeof cases)[number];
      const actual = resultsOf(golden, expected);
      for (const [name, { data, shape }] of expected) {
        const wrong = data.slice();
        wrong[wrong.length - 1] = (wrong.at(-1) as number) + 1e-5 * Math.max(...data.map(Math.abs));
        const found = differences(actual, new Map(expected).set(name, new Tensor(wrong, shape)));
        expect(found.get(name), name).toBeGreaterThan(golden.tolerance ?? TOLERANCE);
      }
    });
  },
);
