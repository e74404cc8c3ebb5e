// A whole model in float64, by the reference of each of its layers.
import { definitionOf, type Model, type ModelLayer } from '@convoy/layers';

/** Numbers by full parameter name, `layer.parameter`. */
export type Parameters = ReadonlyMap<string, Float64Array>;

/** The output of each layer, behind the input: entry i is the input of layer i. */
export function referenceForward(model: Model, batch: number, x: Float64Array, parameters: Parameters): Float64Array[] {
  const values = [x];
  for (const layer of model.layers) {
    const { reference } = definitionOf(layer.layer);
    const own = ownParameters(layer, parameters);
    values.push(reference.forward(layer.layer.settings, layer.input, batch, values.at(-1) as Float64Array, own));
  }
  return values;
}

/** The gradients at the input and at the parameters, of what `referenceForward` returned and the gradient at the output. */
export function referenceBackward(
  model: Model,
  batch: number,
  values: readonly Float64Array[],
  parameters: Parameters,
  outputGradient: Float64Array,
): { readonly input: Float64Array; readonly parameters: Map<string, Float64Array> } {
  const gradients = new Map<string, Float64Array>();
  let gradient = outputGradient;
  for (const [i, layer] of [...model.layers.entries()].toReversed()) {
    const { settings } = layer.layer;
    const { reference } = definitionOf(layer.layer);
    const x = values[i] as Float64Array;
    const own = ownParameters(layer, parameters);
    const back = reference.backward(settings, layer.input, batch, x, own, gradient);
    for (const [name, values] of Object.entries(back.parameters)) gradients.set(`${layer.name}.${name}`, values);
    gradient = back.input;
  }
  return { input: gradient, parameters: gradients };
}

/** A layer's parameters by their short names. */
export const ownParameters = (layer: ModelLayer, parameters: Parameters): Record<string, Float64Array> =>
  Object.fromEntries(
    layer.parameters.map(({ name }) => [name.slice(layer.name.length + 1), parameters.get(name) as Float64Array]),
  );
