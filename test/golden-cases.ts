// Computes the results of a golden case of a layer or a loss. golden/layers/cases.py computes the same with PyTorch.
import * as layers from '@convoy/layers';
import { type Shape, sizeOf, Tensor } from '@convoy/tensor';
import { numbers } from './golden-numbers.ts';
import { loss as halfSum, targetsFor } from './one-step.ts';

export interface Description {
  /** The function of `@convoy/layers` that makes it. */
  readonly type: string;
  readonly options: object;
}

export type LossDescription =
  | Description
  | { readonly type: 'weighted'; readonly loss: Description; readonly weight: number };

/** Shapes are those of one sample; inputs and predictions are in [-reach, reach). */
export type Case = {
  readonly name: string;
  readonly reach: number;
  /** A larger tolerance than usual, with its reason. */
  readonly tolerance?: number;
  readonly reason?: string;
} & (LayerCase | MergeLayerCase | LossCase | LossesCase);

interface LayerCase {
  readonly layer: Description;
  readonly input: Shape;
  /** Only evaluation is compared, because training is random. */
  readonly evaluation?: true;
}

interface MergeLayerCase {
  readonly layer: Description;
  readonly inputs: readonly Shape[];
}

interface LossCase {
  readonly loss: Description;
  readonly prediction: Shape;
}

/** Losses of several outputs, which all have the same shape and the same targets. */
interface LossesCase {
  readonly losses: readonly LossDescription[];
  readonly prediction: Shape;
}

type Named<Of> = Of & { readonly name: string; readonly reach: number };

/** The results of a case by name: the output or the loss, and the gradients of the inputs or predictions and of each parameter. */
export type Results = ReadonlyMap<string, Tensor>;

/** As in golden/layers/cases.py. */
const SAMPLES = 9;
const INPUT_STEPS = 64;
const FINE_STEPS = 2 ** 16;
/** So large that one shard contains both blocks of the samples, and the gradients of the second block are added to those of the first. */
const BATCH_SIZE = 200;

const optimizer = layers.sgd({ learningRate: 0 });

/** Calls the function of that name with the options. @returns a layer or a loss */
export function make<Made>({ type, options }: Description): Made {
  const functions = layers as unknown as Readonly<Record<string, ((options: object) => Made) | undefined>>;
  const made = functions[type]?.(options);
  if (made) return made;
  throw new Error(`@convoy/layers has no ${type}, which is in golden/layers`);
}

const makeLoss = (description: LossDescription): layers.Loss =>
  'loss' in description ? layers.weighted(make(description.loss), description.weight) : make(description);

export function resultsOf(golden: Case, expected: Results): Results {
  if ('inputs' in golden) return mergeLayerResults(golden);
  if ('layer' in golden) {
    return expected.has('evaluated')
      ? batchNormResults(golden, expected.get('output') as Tensor)
      : layerResults(golden);
  }
  const targets = expected.get('targets') as Tensor;
  return 'losses' in golden ? lossesResults(golden, targets) : lossResults(golden, targets);
}

/** A learner of a model with only this layer; its parameters are the numbers that the script draws. */
function learnerOf({ name, layer, input }: Named<LayerCase>): layers.Learner {
  const model = layers.sequential({ input }, [make(layer)]);
  const learner = layers.createLearner({ model, loss: halfSum, optimizer, batchSize: BATCH_SIZE });
  const parameters = layers.parametersOf(model).map(({ name: key, shape }): [string, Tensor] => {
    const { data } = numbers(`${name}/${key}`, shape, FINE_STEPS);
    return [key, new Tensor(key.endsWith('Variance') ? data.map((number) => 1 + number / 2) : data, shape)];
  });
  learner.setParameters(parameters);
  return learner;
}

const inputsOf = ({ name, input, reach }: Named<LayerCase>): Tensor =>
  numbers(`${name}/input`, [SAMPLES, ...input], INPUT_STEPS, reach);

/** The targets for which the output gradient is the one that the script draws. */
const targetsOf = (name: string, output: Tensor): Tensor =>
  targetsFor(numbers(`${name}/output`, output.shape, FINE_STEPS).data, output);

function layerResults(golden: Named<LayerCase>): Results {
  const learner = learnerOf(golden);
  const inputs = inputsOf(golden);
  const output = learner.predict(inputs);
  if (golden.evaluation) return new Map([['output', output]]);
  const gradients = learner.gradients(inputs, targetsOf(golden.name, output));
  return new Map([['output', output], ['input', gradients.inputs], ...gradients.parameters]);
}

/**
 * The results of batch normalization: the output and the gradients of training, then the running statistics after the batch, and the output
 * of evaluation. The output of training is tested only through the gradients, because the targets are computed from the expected output.
 */
function batchNormResults(golden: Named<LayerCase>, output: Tensor): Results {
  const learner = learnerOf(golden);
  const inputs = inputsOf(golden);
  const evaluated = learner.predict(inputs);
  const targets = targetsOf(golden.name, output);
  const gradients = learner.gradients(inputs, targets);
  learner.train(inputs, targets);
  // Running statistics change even with a learning rate of 0; they replace the entries of `gradients` with their names.
  const kept = [...learner.parameters()].filter(([key]) => key.includes('.running'));
  return new Map([
    ['output', output],
    ['input', gradients.inputs],
    ...gradients.parameters,
    ...kept,
    ['evaluated', evaluated],
  ]);
}

function mergeLayerResults({ name, layer, inputs: shapes, reach }: Named<MergeLayerCase>): Results {
  const input = packed(shapes);
  const model = layers.graph({ input }, (all) => {
    const [first, ...others] = unpack(all, shapes) as [layers.GraphNode, ...layers.GraphNode[]];
    return first.merge(make(layer), ...others);
  });
  const learner = layers.createLearner({ model, loss: halfSum, optimizer, batchSize: BATCH_SIZE });
  const inputs = numbers(`${name}/input`, [SAMPLES, ...input], INPUT_STEPS, reach);
  const output = learner.predict(inputs);
  const gradients = learner.gradients(inputs, targetsOf(name, output));
  return new Map([['output', output], ...partsOf('input', gradients.inputs, shapes)]);
}

function lossResults({ name, loss, prediction, reach }: Named<LossCase>, targets: Tensor): Results {
  // Both layers are the identity.
  const layer = prediction.length === 1 ? layers.flatten() : layers.avgPool2d({ size: 1 });
  const model = layers.sequential({ input: prediction }, [layer]);
  const learner = layers.createLearner({ model, loss: make(loss), optimizer, batchSize: BATCH_SIZE });
  const predictions = numbers(`${name}/prediction`, [SAMPLES, ...prediction], INPUT_STEPS, reach);
  const { scores, inputs } = learner.gradients(predictions, targets);
  return new Map([
    ['targets', targets],
    ['loss', lossOf(scores)],
    ['prediction', inputs],
  ]);
}

function lossesResults({ name, losses, prediction, reach }: Named<LossesCase>, targets: Tensor): Results {
  const shapes = losses.map(() => prediction);
  const input = packed(shapes);
  const model = layers.graph({ input }, (all) => unpack(all, shapes));
  const learner = layers.createLearner({ model, loss: losses.map(makeLoss), optimizer, batchSize: BATCH_SIZE });
  const predictions = numbers(`${name}/prediction`, [SAMPLES, ...input], INPUT_STEPS, reach);
  const { scores, inputs } = learner.gradients(predictions, targets);
  return new Map([['targets', targets], ['loss', lossOf(scores)], ...partsOf('prediction', inputs, shapes)]);
}

const lossOf = ({ loss }: layers.Scores): Tensor => new Tensor(Float32Array.of(loss), [1]);

/** The shape of one input that contains the numbers of several, one after the other, as rows that can be cropped. */
const packed = (shapes: readonly Shape[]): Shape => [1, beforeOf(shapes, shapes.length), 1];

/** The number of numbers before that part. */
const beforeOf = (shapes: readonly Shape[], part: number): number =>
  shapes.slice(0, part).reduce((sum, shape) => sum + sizeOf(shape), 0);

/** The parts of a packed input, made by layers that only move numbers. */
function unpack(all: layers.GraphNode, shapes: readonly Shape[]): layers.GraphNode[] {
  const rows = sizeOf(all.shape);
  return shapes.map((shape, part) => {
    const sides = { top: beforeOf(shapes, part), left: 0, bottom: rows - beforeOf(shapes, part + 1), right: 0 };
    return all.to(layers.crop2d({ cropping: sides }), layers.reshape({ shape }));
  });
}

/** The parts of a packed tensor: (N, ...shape) for each shape. */
function partsOf(name: string, { data }: Tensor, shapes: readonly Shape[]): [string, Tensor][] {
  const length = data.length / SAMPLES;
  return shapes.map((shape, part) => {
    const [begin, end] = [beforeOf(shapes, part), beforeOf(shapes, part + 1)];
    const own = data.filter((_, i) => i % length >= begin && i % length < end);
    return [`${name} ${part + 1}`, new Tensor(own, [SAMPLES, ...shape])];
  });
}
