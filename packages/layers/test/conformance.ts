// What every layer must satisfy. To add a layer, add rows to `layer-cases.ts`.
import * as reference from '@convoy/kernels/reference';
import {
  createLearner,
  type Layer,
  type Learner,
  type Model,
  meanSquaredError,
  parametersOf,
  sequential,
  sgd,
} from '@convoy/layers';
import { definitionOf } from '@convoy/layers/compile';
import { type Shape, sizeOf } from '@convoy/tensor';
import { expect } from 'vitest';
import { expectClose } from './expectations.ts';
import { randomNumbers, samplesAwayFromKinks, tensorOf } from './numbers.ts';
import { ownParameters, type Parameters, referenceBackward, referenceForward } from './reference-model.ts';

/** A layer with some options, for one input shape. */
export interface LayerCase {
  readonly title: string;
  readonly layer: Layer;
  /** Shapes of one sample. */
  readonly input: Shape;
  readonly output: Shape;
  /** The parameters' names and shapes, in the order in which they are stored. */
  readonly parameters: Readonly<Record<string, Shape>>;
}

/** Layers before and after the tested one; those after it keep the shape. */
export interface Surroundings {
  readonly before: readonly Layer[];
  readonly after: readonly Layer[];
}

export const alone: Surroundings = { before: [], after: [] };

/** Gives shards of two blocks, so that the gradients of the second block are added to those of the first. */
export const BATCH_SIZE = 200;

/** Full shards, part of a second block, one block, part of a block. The smaller batches find lanes that the larger ones have left filled. */
export const SAMPLES: readonly number[] = [BATCH_SIZE, 13, 8, 3];

/** Outputs this close to 0, except 0 itself, get no gradient: float32 and float64 may be on different sides of an activation's kink. */
const KINK = 1e-4;

const isNearKink = (y: number) => y !== 0 && Math.abs(y) < KINK;

const modelOf = ({ layer, input }: LayerCase, { before, after } = alone): Model =>
  sequential({ input }, [...before, layer, ...after]);

/** ½ Σ (t − y)² / samples: there are targets for any gradient; see `targetsFor`. */
export const halfSum = () => meanSquaredError({ reduction: 'halfSum' });

export const learnerOf = (model: Model): Learner =>
  createLearner({
    model,
    loss: halfSum(),
    optimizer: sgd({ learningRate: 0 }),
    batchSize: BATCH_SIZE,
  });

const randomParameters = (model: Model): Map<string, Float64Array> =>
  new Map(parametersOf(model).map(({ name, shape }) => [name, randomNumbers(sizeOf(shape), name)]));

/** Checks the output shape, the names and shapes of the parameters, and their fans. */
export function checkShapes(layerCase: LayerCase): void {
  const model = modelOf(layerCase);
  const [placed] = model.layers;
  expect(model.output, 'output shape').toEqual(layerCase.output);
  const expected = Object.entries(layerCase.parameters).map(([name, shape]) => [`${placed?.name}.${name}`, shape]);
  expect(parametersOf(model).map(({ name, shape }) => [name, shape])).toEqual(expected);
  expect([...learnerOf(model).parameters()].map(([name, { shape }]) => [name, shape])).toEqual(expected);
  for (const { name, fanIn, fanOut } of parametersOf(model)) {
    expect(fanIn, `fanIn of ${name}`).toBeGreaterThan(0);
    expect(fanOut, `fanOut of ${name}`).toBeGreaterThan(0);
  }
}

/** Compares the reference's gradients with central differences: the input gradient, and the gradient of each parameter. */
export function checkReference(layerCase: LayerCase): void {
  const batch = 2;
  const model = modelOf(layerCase);
  const [placed] = model.layers;
  const { settings } = layerCase.layer;
  const { reference: layer } = definitionOf(layerCase.layer);
  const { input, output } = layerCase;
  const x = samplesAwayFromKinks(batch, input, 'input');
  const parameters = placed ? ownParameters(model, placed, randomParameters(model)) : {};
  const direction = randomNumbers(batch * sizeOf(output), 'direction');
  const forward = (at: Float64Array, own: typeof parameters) => layer.forward(settings, [input], batch, [at], own);
  const gradients = layer.backward(settings, [input], batch, [x], parameters, direction);

  const check = (what: string, f: (at: Float64Array) => Float64Array, at: Float64Array, gradient: Float64Array) => {
    const mismatch = reference.gradientMismatch(reference.alongDirection(f, direction), at, gradient);
    expect(mismatch, `gradient of the reference at ${what}`).toBeUndefined();
  };
  check('the input', (at) => forward(at, parameters), x, gradients.inputs[0] as Float64Array);
  expect(Object.keys(gradients.parameters), 'parameters with a gradient').toEqual(Object.keys(layerCase.parameters));
  for (const [name, values] of Object.entries(parameters)) {
    check(
      `'${name}'`,
      (at) => forward(x, { ...parameters, [name]: at }),
      values,
      gradients.parameters[name] as Float64Array,
    );
  }
}

/** Compares the kernels with the reference: outputs, input gradients and gradients of parameters, for batches of several sizes. */
export function checkKernels(layerCase: LayerCase, surroundings = alone, samples: readonly number[] = SAMPLES): void {
  checkModel(modelOf(layerCase, surroundings), surroundings.before.length, samples);
}

/**
 * Compares a whole model with the references of its layers: the first output, the input gradient and the gradients of all parameters.
 * @param at the number of the layer before the last activations, which may have a kink; its output has the shape of the model's output
 */
export function checkModel(
  model: Model,
  at: number,
  samples: readonly number[] = SAMPLES,
  parameters: Parameters = randomParameters(model),
): void {
  const learner = learnerOf(model);
  const shapes = parametersOf(model);
  learner.setParameters(shapes.map(({ name, shape }) => [name, tensorOf(parameters.get(name) as Float64Array, shape)]));
  for (const batch of samples) checkBatch(model, learner, parameters, at, batch);
}

function checkBatch(model: Model, learner: Learner, parameters: Parameters, at: number, batch: number): void {
  const x = samplesAwayFromKinks(batch, model.input, `input of ${batch}`);
  const inputs = tensorOf(x, [batch, ...model.input]);
  const values = referenceForward(model, batch, x, parameters);
  const outputs = learner.predict(inputs).data;
  const last = values[(model.outputs[0] as number) + 1] as Float64Array;
  expectClose(`outputs of ${batch} samples`, outputs, last);

  const own = values[at + 1] as Float64Array;
  const gradient = randomNumbers(outputs.length, `gradient of ${batch}`).map((g, i) =>
    isNearKink(own[i] as number) ? 0 : g,
  );
  const expected = referenceBackward(model, batch, values, parameters, gradient);
  const actual = learner.gradients(inputs, targetsFor(gradient, outputs, [batch, ...model.output]));
  expectClose(`gradient of ${batch} samples at the input`, actual.inputs.data, expected.input);
  expect([...actual.parameters.keys()]).toEqual([...expected.parameters.keys()]);
  for (const [name, { data }] of actual.parameters) {
    expectClose(`gradient of ${batch} samples at '${name}'`, data, expected.parameters.get(name) as Float64Array);
  }
}

/** The targets t for which ½ Σ (t − y)² / samples has the given gradient (y − t) / samples. */
export const targetsFor = (gradient: ArrayLike<number>, outputs: ArrayLike<number>, shape: Shape) =>
  tensorOf(
    Array.from(outputs, (y, i) => y - (shape[0] as number) * (gradient[i] as number)),
    shape,
  );

/** A structured clone of the description, and of a model with it, is equal and computes the same bits; the description is frozen. */
export function checkClone(layerCase: LayerCase): void {
  const { layer, input, output } = layerCase;
  expect(Object.isFrozen(layer) && Object.isFrozen(layer.settings), 'is frozen').toBe(true);
  expect(structuredClone(layer)).toEqual(layer);
  const model = modelOf(layerCase);
  expect(structuredClone(model)).toEqual(model);
  expect(modelOf({ ...layerCase, layer: structuredClone(layer) })).toEqual(model);

  const inputs = tensorOf(samplesAwayFromKinks(3, input, 'input'), [3, ...input]);
  const targets = tensorOf(randomNumbers(3 * sizeOf(output), 'targets'), [3, ...output]);
  const original = learnerOf(model).gradients(inputs, targets);
  expect(learnerOf(structuredClone(model)).gradients(inputs, targets)).toEqual(original);
}
