// Models: a chain of layers over an input shape, checked when it is made.
import { assertShape, ConvoyError, describeValue, formatShape, type Shape, sizeOf } from '@convoy/tensor';
import { definitionOf, type Layer, type ParameterSpec } from '../layer.ts';

/** A model as a plain, structured-clonable description. */
export interface Model {
  /** The shape of one input sample, such as [channels, height, width]. */
  readonly input: Shape;
  readonly layers: readonly ModelLayer[];
  /** The shape of one output sample. */
  readonly output: Shape;
}

/** A layer with its place in the model. */
export interface ModelLayer {
  readonly name: string;
  readonly layer: Layer;
  readonly input: Shape;
  readonly output: Shape;
  /** Parameters with their full names, `layer.parameter`. */
  readonly parameters: readonly ParameterSpec[];
}

/**
 * A model whose layers follow one another.
 *
 * @throws ConvoyError CONVOY_INVALID_SHAPE, CONVOY_SHAPE_MISMATCH (naming the layer and both shapes), CONVOY_INVALID_OPTION (no layers,
 * or two of the same name), CONVOY_UNKNOWN_NAME.
 */
export function sequential({ input }: { readonly input: Shape }, layers: readonly Layer[]): Model {
  assertShape(input, 'input');
  if (input.length === 0 || sizeOf(input) === 0) {
    throw new ConvoyError('CONVOY_INVALID_SHAPE', {
      given: `input: ${formatShape(input)}`,
      expected: 'at least one dimension, and extents of 1 or more',
      mend: 'Pass the shape of one sample, such as [1, 28, 28].',
    });
  }
  if (!Array.isArray(layers) || layers.length === 0) {
    throw new ConvoyError('CONVOY_INVALID_OPTION', {
      given: `layers: ${describeValue(layers)}`,
      expected: 'an array with at least one layer',
      mend: 'Add a layer, such as dense({ units: 10 }).',
    });
  }
  const names = layerNames(layers);
  let shape: Shape = Object.freeze([...input]);
  const placed = layers.map((layer, i): ModelLayer => {
    const placedLayer = place(layer, names[i] as string, shape);
    shape = placedLayer.output;
    return placedLayer;
  });
  return Object.freeze({ input: placed[0]?.input as Shape, layers: Object.freeze(placed), output: shape });
}

/** All parameters of a model, in the order in which they are stored. */
export const parametersOf = (model: Model): readonly ParameterSpec[] => model.layers.flatMap((l) => l.parameters);

function place(layer: Layer, name: string, input: Shape): ModelLayer {
  const definition = definitionOf(layer);
  try {
    const output = Object.freeze([...definition.outputShape(layer.settings, input)]);
    const parameters = definition.parameters?.(layer.settings, input) ?? [];
    return {
      name,
      layer,
      input,
      output,
      parameters: parameters.map((parameter) => ({ ...parameter, name: `${name}.${parameter.name}` })),
    };
  } catch (error) {
    if (!(error instanceof ConvoyError)) throw error;
    const { code, given, expected, mend } = error;
    throw new ConvoyError(code, { given: `to layer '${name}' ${given}`, expected, mend, cause: error });
  }
}

/** The given names, and for layers without one their type with a number: conv2d_1, conv2d_2, … */
function layerNames(layers: readonly Layer[]): readonly string[] {
  const counts = new Map<string, number>();
  const used = new Set<string>();
  return layers.map((layer) => {
    const { type } = definitionOf(layer);
    const count = (counts.get(type) ?? 0) + 1;
    counts.set(type, count);
    const name = layer.name ?? `${type}_${count}`;
    if (!used.has(name)) {
      used.add(name);
      return name;
    }
    throw new ConvoyError('CONVOY_INVALID_OPTION', {
      given: `two layers of the name '${name}'`,
      expected: 'a name for each layer alone',
      mend: 'Change the name option of one of them.',
    });
  });
}
