// Computes what a golden case of a layer or of a loss has results of. golden/layers/cases.py is its twin in PyTorch.
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

/** Shapes are those of one sample; inputs and predictions lie in [-reach, reach). */
export type Case = {
  readonly name: string;
  readonly reach: number;
  /** Of a case that may be less exact, and why. */
  readonly tolerance?: number;
  readonly reason?: string;
} & (LayerCase | JoinCase | LossCase | LossesCase);

interface LayerCase {
  readonly layer: Description;
  readonly input: Shape;
  /** Whether evaluation alone is compared, as training is random. */
  readonly evaluation?: true;
}

interface JoinCase {
  readonly layer: Description;
  readonly inputs: readonly Shape[];
}

interface LossCase {
  readonly loss: Description;
  readonly prediction: Shape;
}

/** Of several outputs, all of the same shape and compared with the same targets. */
interface LossesCase {
  readonly losses: readonly LossDescription[];
  readonly prediction: Shape;
}

type Named<Of> = Of & { readonly name: string; readonly reach: number };

/** A case's results by name: its output or loss, and the gradients at its input or predictions and at each parameter. */
export type Results = ReadonlyMap<string, Tensor>;

/** As in golden/layers/cases.py. */
const SAMPLES = 9;
const INPUT_STEPS = 64;
const FINE_STEPS = 2 ** 16;
/** So large that both blocks of the samples lie in one shard, and the second one's gradients are added to the first one's. */
const BATCH_SIZE = 200;

const optimizer = layers.sgd({ learningRate: 0 });

/** What the function of that name makes of the options: a layer or a loss. */
export function make<Made>({ type, options }: Description): Made {
  const functions = layers as unknown as Readonly<Record<string, ((options: object) => Made) | undefined>>;
  const made = functions[type]?.(options);
  if (made) return made;
  throw new Error(`@convoy/layers has no ${type}, which is in golden/layers`);
}

const makeLoss = (description: LossDescription): layers.Loss =>
  'loss' in description ? layers.weighted(make(description.loss), description.weight) : make(description);

export function resultsOf(golden: Case, expected: Results): Results {
  if ('inputs' in golden) return joinResults(golden);
  if ('layer' in golden) {
    return expected.has('evaluated')
      ? batchNormResults(golden, expected.get('output') as Tensor)
      : layerResults(golden);
  }
  const targets = expected.get('targets') as Tensor;
  return 'losses' in golden ? lossesResults(golden, targets) : lossResults(golden, targets);
}

/** A learner of the layer alone, with the numbers that the script draws for its parameters. */
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

/** The targets for which the gradient at the output is the one that the script draws. */
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
 * Of a layer that normalizes by the numbers of the batch: the output and the gradients of training, then what it keeps of that batch, and the
 * output of evaluation. The output of training shows in the gradients alone, as the targets are made for the expected one.
 */
function batchNormResults(golden: Named<LayerCase>, output: Tensor): Results {
  const learner = learnerOf(golden);
  const inputs = inputsOf(golden);
  const evaluated = learner.predict(inputs);
  const targets = targetsOf(golden.name, output);
  const gradients = learner.gradients(inputs, targets);
  learner.train(inputs, targets);
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

function joinResults({ name, layer, inputs: shapes, reach }: Named<JoinCase>): Results {
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
  // Each passes its input on.
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

/** The shape of an input that has the numbers of several, one behind the other, as rows that can be cropped. */
const packed = (shapes: readonly Shape[]): Shape => [1, beforeOf(shapes, shapes.length), 1];

/** How many numbers lie in front of that part. */
const beforeOf = (shapes: readonly Shape[], part: number): number =>
  shapes.slice(0, part).reduce((sum, shape) => sum + sizeOf(shape), 0);

/** The parts of a packed input, by layers that only move numbers. */
function unpack(all: layers.GraphNode, shapes: readonly Shape[]): layers.GraphNode[] {
  const rows = sizeOf(all.shape);
  return shapes.map((shape, part) => {
    const sides = { top: beforeOf(shapes, part), left: 0, bottom: rows - beforeOf(shapes, part + 1), right: 0 };
    return all.to(layers.crop2d({ cropping: sides }), layers.reshape({ shape }));
  });
}

/** The same of a tensor: (N, ...shape) for each shape. */
function partsOf(name: string, { data }: Tensor, shapes: readonly Shape[]): [string, Tensor][] {
  const length = data.length / SAMPLES;
  return shapes.map((shape, part) => {
    const [begin, end] = [beforeOf(shapes, part), beforeOf(shapes, part + 1)];
    const own = data.filter((_, i) => i % length >= begin && i % length < end);
    return [`${name} ${part + 1}`, new Tensor(own, [SAMPLES, ...shape])];
  });
}
