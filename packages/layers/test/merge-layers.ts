// What every merge layer must satisfy. To add one, add rows to the table in `merge-layers.test.ts`.
import * as reference from '@convoy/kernels/reference';
import { avgPool2d, conv2d, dense, flatten, type GraphNode, graph, type Layer, type Model } from '@convoy/layers';
import { definitionOf } from '@convoy/layers/compile';
import { type Shape, sameShape, sizeOf } from '@convoy/tensor';
import { expect } from 'vitest';
import { checkModel, learnerOf, SAMPLES } from './conformance.ts';
import { randomNumbers, samplesAwayFromKinks, tensorOf } from './numbers.ts';

/** A merge layer over some input shapes. Planes have the height and width of the largest input, or 1×1. */
export interface MergeCase {
  readonly title: string;
  readonly layer: Layer;
  /** Shapes of one sample. */
  readonly inputs: readonly Shape[];
  readonly output: Shape;
}

/** Layers at the end of each branch, and after the merge layer; both keep the shape. */
export interface MergeSurroundings {
  readonly before: readonly Layer[];
  readonly after: readonly Layer[];
}

export const alone: MergeSurroundings = { before: [], after: [] };

/** A model with the merge layer over branches that learn: without parameters, nothing would show whether the gradients are right. */
function modelOf({ layer, inputs }: MergeCase, { before, after } = alone): Model {
  const largest = inputs.reduce((a, b) => (sizeOf(b) > sizeOf(a) ? b : a));
  return graph({ input: [2, ...largest.slice(1)] }, (input) => {
    const branches = inputs.map((shape) => branchTo(input, shape).to(...before));
    const [first, ...others] = branches as [GraphNode, ...GraphNode[]];
    return first.merge(layer, ...others).to(...after);
  });
}

function branchTo(input: GraphNode, shape: Shape): GraphNode {
  const [filters = 1, ...plane] = shape;
  if (plane.length === 0) return input.to(...(input.shape.length > 1 ? [flatten()] : []), dense({ units: filters }));
  if (sameShape(plane, input.shape.slice(1))) return input.to(conv2d({ filters, kernelSize: 3, padding: 1 }));
  const [, height = 1, width = 1] = input.shape;
  return input.to(avgPool2d({ size: [height, width] }), conv2d({ filters, kernelSize: 1 }));
}

/** The number of the merge layer in the model. */
const numberOf = ({ layers }: Model, { layer }: MergeCase): number =>
  layers.findIndex((placed) => placed.layer === layer);

/** Checks the input shapes and the output shape. A merge layer has no parameters. */
export function checkShapes(mergeCase: MergeCase): void {
  const model = modelOf(mergeCase);
  const placed = model.layers[numberOf(model, mergeCase)];
  expect(placed?.inputs, 'input shapes').toEqual(mergeCase.inputs);
  expect(model.output, 'output shape').toEqual(mergeCase.output);
  expect(placed?.parameters).toEqual([]);
}

/** Compares the reference's gradients with central differences, for each input separately. */
export function checkReference({ layer, inputs, output }: MergeCase): void {
  const batch = 2;
  const { reference: merging } = definitionOf(layer);
  const xs = inputs.map((shape, i) => samplesAwayFromKinks(batch, shape, `input ${i}`));
  const direction = randomNumbers(batch * sizeOf(output), 'direction');
  const gradients = merging.backward(layer.settings, inputs, batch, xs, {}, direction);
  expect(gradients.inputs).toHaveLength(inputs.length);
  for (const [i, x] of xs.entries()) {
    const f = (at: Float64Array) => merging.forward(layer.settings, inputs, batch, xs.with(i, at), {});
    const along = reference.alongDirection(f, direction);
    const mismatch = reference.gradientMismatch(along, x, gradients.inputs[i] as Float64Array);
    expect(mismatch, `gradient of the reference at input ${i}`).toBeUndefined();
  }
}

/** Compares the kernels with the reference, within a graph of real layers. */
export function checkKernels(mergeCase: MergeCase, surroundings = alone, samples: readonly number[] = SAMPLES): void {
  const model = modelOf(mergeCase, surroundings);
  checkModel(model, numberOf(model, mergeCase), samples);
}

/** The same where all inputs are one value. For merge layers whose inputs have the same shape. */
export function checkTwice(mergeCase: MergeCase, surroundings = alone, samples: readonly number[] = SAMPLES): void {
  const { layer, inputs } = mergeCase;
  const [shape] = inputs as [Shape];
  const model = graph({ input: [2, ...shape.slice(1)] }, (input) => {
    const value = branchTo(input, shape).to(...surroundings.before);
    return value.merge(layer, ...inputs.slice(1).map(() => value)).to(...surroundings.after);
  });
  checkModel(model, numberOf(model, mergeCase), samples);
}

/** A structured clone of the description, and of a model with it, is equal and computes the same bits; the description is frozen. */
export function checkClone(mergeCase: MergeCase): void {
  const { layer } = mergeCase;
  expect(Object.isFrozen(layer) && Object.isFrozen(layer.settings), 'is frozen').toBe(true);
  expect(structuredClone(layer)).toEqual(layer);
  const model = modelOf(mergeCase);
  expect(structuredClone(model)).toEqual(model);
  const inputs = tensorOf(samplesAwayFromKinks(3, model.input, 'input'), [3, ...model.input]);
  const targets = tensorOf(randomNumbers(3 * sizeOf(model.output), 'targets'), [3, ...model.output]);
  const original = learnerOf(model).gradients(inputs, targets);
  expect(learnerOf(structuredClone(model)).gradients(inputs, targets)).toEqual(original);
}
