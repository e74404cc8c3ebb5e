// A model: layers, each with the layers that feed it. Plain data, checked when a model is built.
import { assertShape, ConvoyError, formatShape, type Shape, sizeOf } from '@convoy/tensor';
import type { Layer, ParameterSpec } from '../layer.ts';

/** A model as a plain, structured-clonable description. */
export interface Model {
  /** The shape of one input sample, such as [channels, height, width]. */
  readonly input: Shape;
  /** In an order in which each layer follows the layers that feed it. */
  readonly layers: readonly ModelLayer[];
  /** The numbers of the layers whose outputs are the outputs of the model. */
  readonly outputs: readonly number[];
  /** The shape of one sample of the first output. */
  readonly output: Shape;
}

/** The number of the model's input, in place of a layer's number. */
export const MODEL_INPUT = -1;

/** A layer of a model. */
export interface ModelLayer {
  readonly name: string;
  readonly layer: Layer;
  /** The numbers of the layers that feed it, or `MODEL_INPUT`, in the order of the layer's inputs. */
  readonly from: readonly number[];
  /** Shapes of one sample. */
  readonly inputs: readonly Shape[];
  readonly output: Shape;
  /** Parameters with their full names, `layer.parameter`. Later uses of a shared layer have none. */
  readonly parameters: readonly ParameterSpec[];
  /** The layer that has the parameters: itself, or the first use of a shared layer. */
  readonly owner: string;
}

/** Options of `sequential` and `graph`. */
export interface ModelOptions {
  /** The shape of one input sample, such as [channels, height, width]: one dimension or more, each of 1 or more. */
  readonly input: Shape;
}

/** The check of an option that is the shape of a sample. @throws ConvoyError CONVOY_INVALID_SHAPE */
export function inputCheck(name: string, input: unknown): Shape {
  assertShape(input, name);
  if (input.length > 0 && sizeOf(input) > 0) return Object.freeze([...input]);
  throw new ConvoyError('CONVOY_INVALID_SHAPE', {
    given: `${name}: ${formatShape(input)}`,
    expected: 'at least one dimension, and extents of 1 or more',
    fix: 'Pass the shape of one sample, such as [1, 28, 28].',
  });
}

/** The checks of `ModelOptions`. */
export const modelOptionChecks = { input: inputCheck };
