// What every layer of several inputs must satisfy. A join is added by adding rows to the table in `joins.test.ts`.
import { reference } from '@convoy/kernels';
import {
  avgPool2d,
  conv2d,
  definitionOf,
  dense,
  flatten,
  type GraphNode,
  graph,
  type Layer,
  type Model,
} from '@convoy/layers';
import { type Shape, sameShape, sizeOf } from '@convoy/tensor';
import { expect } from 'vitest';
import { checkModel, learnerOf, SAMPLES } from './conformance.ts';
import { randomNumbers, samplesAwayFromKinks, tensorOf } from './numbers.ts';

/** A join over some input shapes. Other extents of planes than those of the largest input must be 1. */
export interface JoinCase {
  readonly title: string;
  readonly layer: Layer;
  /** Shapes of one sample. */
  readonly inputs: readonly Shape[];
  readonly output: Shape;
}

/** Layers at the end of each branch, and behind the join; both keep the shape. */
export interface JoinSurroundings {
  readonly before: readonly Layer[];
  readonly behind: readonly Layer[];
}

export const alone: JoinSurroundings = { before: [], behind: [] };

/** A model with the join over branches that learn: layers without parameters would not show whether their gradients are right. */
function modelOf({ layer, inputs }: JoinCase, { before, behind } = alone): Model {
  const largest = inputs.reduce((a, b) => (sizeOf(b) > sizeOf(a) ? b : a));
  return graph({ input: [2, ...largest.slice(1)] }, (input) => {
    const branches = inputs.map((shape) => branchTo(input, shape).to(...before));
    const [first, ...others] = branches as [GraphNode, ...GraphNode[]];
    return first.merge(layer, ...others).to(...behind);
  });
}

function branchTo(input: GraphNode, shape: Shape): GraphNode {
  const [filters = 1, ...plane] = shape;
  if (plane.length === 0) return input.to(...(input.shape.length > 1 ? [flatten()] : []), dense({ units: filters }));
  if (sameShape(plane, input.shape.slice(1))) return input.to(conv2d({ filters, kernelSize: 3, padding: 1 }));
  const [, height = 1, width = 1] = input.shape;
  return input.to(avgPool2d({ size: [height, width] }), conv2d({ filters, kernelSize: 1 }));
}

/** The number of the join in the model. */
const numberOf = ({ layers }: Model, { layer }: JoinCase): number =>
  layers.findIndex((placed) => placed.layer === layer);

/** Output shape; a join has no parameters. */
export function checkShapes(joinCase: JoinCase): void {
  const model = modelOf(joinCase);
  const placed = model.layers[numberOf(model, joinCase)];
  expect(placed?.inputs, 'input shapes').toEqual(joinCase.inputs);
  expect(model.output, 'output shape').toEqual(joinCase.output);
  expect(placed?.parameters).toEqual([]);
}

/** The reference's gradients against central differences, at each input by itself. */
export function checkReference({ layer, inputs, output }: JoinCase): void {
  const batch = 2;
  const { reference: join } = definitionOf(layer);
  const xs = inputs.map((shape, i) => samplesAwayFromKinks(batch, shape, `input ${i}`));
  const direction = randomNumbers(batch * sizeOf(output), 'direction');
  const gradients = join.backward(layer.settings, inputs, batch, xs, {}, direction);
  expect(gradients.inputs).toHaveLength(inputs.length);
  for (const [i, x] of xs.entries()) {
    const f = (at: Float64Array) => join.forward(layer.settings, inputs, batch, xs.with(i, at), {});
    const along = reference.alongDirection(f, direction);
    const mismatch = reference.gradientMismatch(along, x, gradients.inputs[i] as Float64Array);
    expect(mismatch, `gradient of the reference at input ${i}`).toBeUndefined();
  }
}

/** The kernels against the reference, within a graph of real layers. */
export function checkKernels(joinCase: JoinCase, surroundings = alone, samples: readonly number[] = SAMPLES): void {
  const model = modelOf(joinCase, surroundings);
  checkModel(model, numberOf(model, joinCase), samples);
}

/** All inputs are the same value. For joins that take several of one shape. */
export function checkTwice(joinCase: JoinCase, surroundings = alone, samples: readonly number[] = SAMPLES): void {
  const { layer, inputs } = joinCase;
  const [shape] = inputs as [Shape];
  const model = graph({ input: [2, ...shape.slice(1)] }, (input) => {
    const value = branchTo(input, shape).to(...surroundings.before);
    return value.merge(layer, ...inputs.slice(1).map(() => value)).to(...surroundings.behind);
  });
  checkModel(model, numberOf(model, joinCase), samples);
}

/** A clone of the description, and of a model with it, is equal, frozen or not, and computes the same bits. */
export function checkClone(joinCase: JoinCase): void {
  const { layer } = joinCase;
  expect(Object.isFrozen(layer) && Object.isFrozen(layer.settings), 'is frozen').toBe(true);
  expect(structuredClone(layer)).toEqual(layer);
  const model = modelOf(joinCase);
  expect(structuredClone(model)).toEqual(model);
  const inputs = tensorOf(samplesAwayFromKinks(3, model.input, 'input'), [3, ...model.input]);
  const targets = tensorOf(randomNumbers(3 * sizeOf(model.output), 'targets'), [3, ...model.output]);
  const original = learnerOf(model).gradients(inputs, targets);
  expect(learnerOf(structuredClone(model)).gradients(inputs, targets)).toEqual(original);
}
