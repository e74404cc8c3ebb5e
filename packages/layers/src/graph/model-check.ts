// The check of a model that a user passes. A model is plain data, so that it can be posted and saved: it may be
// anything.
import { ConvoyError, isShape, type Shape, sameShape } from '@convoy/tensor';
import { isObject } from '@convoy/tensor/builtins';
import type { OptionCheck } from '@convoy/tensor/checks';
import { describeValue } from '@convoy/tensor/errors';
import { checkedDefinitionOf } from '../layer.ts';
import { MODEL_INPUT, type Model, type ModelLayer } from './model.ts';

/**
 * The check of an option that is a model: its layers are known, and are connected as `graph` connects them.
 * @throws ConvoyError CONVOY_INVALID_OPTION; CONVOY_UNKNOWN_NAME for a layer of an unknown type
 */
export const modelCheck: OptionCheck<Model> = (name, value) => {
  const problem = isObject(value) ? problemOf(value) : '';
  if (problem === undefined) {
    for (const { layer } of (value as Model).layers) checkedDefinitionOf(layer);
    return value as Model;
  }
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `${name}: ${describeValue(value)}${problem === '' ? '' : `, which ${problem}`}`,
    expected: 'a model, as sequential(…), graph(…) and the models of the zoo return it',
    fix:
      typeof value === 'function'
        ? 'Call the function that makes the model, such as lenet5().'
        : 'Pass such a model, or a clone of it, for example lenet5().',
  });
};

/**
 * The layers of a model, or of a part of one, checked without their connections and definitions: the model of a
 * checkpoint may have layers that this process does not know.
 * @throws ConvoyError CONVOY_INVALID_OPTION
 */
export function checkedLayers(model: unknown): readonly ModelLayer[] {
  const layers: unknown = isObject(model) && 'layers' in model ? model.layers : undefined;
  if (Array.isArray(layers) && !Array.from(layers, layerProblemOf).some((problem) => problem)) return layers;
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `model: ${describeValue(model)}`,
    expected: 'a model',
    fix: 'Pass a model, as sequential(…), graph(…) and the models of the zoo return it.',
  });
}

/** Why a value is no model; undefined if it is one. */
function problemOf(model: object): string | undefined {
  const { input, layers, outputs, output } = model as Partial<Model>;
  if (!isFilled(input)) return 'has no input shape';
  if (!Array.isArray(layers)) return 'has no array of layers';
  if (!Array.isArray(outputs)) return 'has no array of outputs';
  const names = new Set<string>();
  const shapes = new Map<unknown, Shape>([[MODEL_INPUT, input]]);
  for (const [number, layer] of layers.entries()) {
    const problem = layerProblemOf(layer) ?? connectionProblemOf(layer, shapes, names);
    if (problem !== undefined) return `has a layer ${number} that ${problem}`;
    names.add(layer.name);
    shapes.set(number, layer.output);
  }
  const [first, ...others] = outputs.map((number) => (number === MODEL_INPUT ? undefined : shapes.get(number)));
  if (first === undefined || others.includes(undefined)) return 'has an output that no layer makes';
  return isFilled(output) && sameShape(output, first) ? undefined : 'has no output shape';
}

function layerProblemOf(layer: unknown): string | undefined {
  if (!isObject(layer)) return 'is no object';
  const { name, layer: description, inputs, output, parameters } = layer as Partial<ModelLayer>;
  if (typeof name !== 'string' || name === '') return 'has no name';
  if (!isObject(description)) return 'has no layer';
  if (!Array.isArray(inputs) || inputs.length === 0 || !inputs.every(isFilled)) return 'has no input shapes';
  if (!isFilled(output)) return 'has no output shape';
  return Array.isArray(parameters) && parameters.every(isParameter) ? undefined : 'has no array of parameters';
}

/**
 * @param shapes the outputs of earlier layers, and the input of the model, by number
 * @param names of earlier layers
 */
function connectionProblemOf(
  { name, from, inputs, owner }: ModelLayer,
  shapes: ReadonlyMap<unknown, Shape>,
  names: ReadonlySet<string>,
): string | undefined {
  if (names.has(name)) return 'has the name of another one';
  if (owner !== name && !names.has(owner)) return 'shares the parameters of no layer before it';
  const sources = Array.isArray(from) ? Array.from(from, (number) => shapes.get(number)) : [];
  const isConnected =
    sources.length === inputs.length && sources.every((shape, i) => shape && sameShape(shape, inputs[i] as Shape));
  return isConnected ? undefined : 'is not connected to layers before it';
}

const isParameter = (spec: unknown): boolean =>
  isObject(spec) &&
  'name' in spec &&
  typeof spec.name === 'string' &&
  'shape' in spec &&
  isFilled(spec.shape) &&
  'initializer' in spec &&
  isObject(spec.initializer);

/** Whether a value is a shape of one element or more. */
const isFilled = (value: unknown): value is Shape => isShape(value) && !value.includes(0);
