// A whole model in float64: the references of its layers, one after the other.
import { type Model, type ModelLayer, parametersOf } from '@convoy/layers';
import { definitionOf, initialValues } from '@convoy/layers/compile';

/** Values by the full name of the parameter, `layer.parameter`. */
export type Parameters = ReadonlyMap<string, Float64Array>;

/** The initial parameters of a learner. */
export const initialParameters = (model: Model, seed: number): Parameters =>
  new Map(
    parametersOf(model).map((spec) => [spec.name, Float64Array.from(initialValues(spec.initializer, spec, seed))]),
  );

/** The input, then the output of each layer: entry i + 1 is the output of layer i. */
export function referenceForward(model: Model, batch: number, x: Float64Array, parameters: Parameters): Float64Array[] {
  const values = [x];
  for (const layer of model.layers) {
    const { reference } = definitionOf(layer.layer);
    const own = ownParameters(model, layer, parameters);
    values.push(reference.forward(layer.layer.settings, layer.inputs, batch, inputsOf(layer, values), own));
  }
  return values;
}

/** The input gradient and the gradients of parameters, from the result of `referenceForward` and the output gradients. */
export function referenceBackward(
  model: Model,
  batch: number,
  values: readonly Float64Array[],
  parameters: Parameters,
  ...outputGradients: readonly Float64Array[]
): { readonly input: Float64Array; readonly parameters: Map<string, Float64Array> } {
  const byParameter = new Map<string, Float64Array>();
  const gradients = values.map((value) => new Float64Array(value.length));
  for (const [i, gradient] of outputGradients.entries()) {
    addTo(gradients[(model.outputs[i] as number) + 1] as Float64Array, gradient);
  }
  for (const [i, layer] of [...model.layers.entries()].toReversed()) {
    const { settings } = layer.layer;
    const { reference } = definitionOf(layer.layer);
    const own = ownParameters(model, layer, parameters);
    const gradient = gradients[i + 1] as Float64Array;
    const back = reference.backward(settings, layer.inputs, batch, inputsOf(layer, values), own, gradient);
    for (const [short, values] of Object.entries(back.parameters)) {
      const name = `${layer.owner}.${short}`;
      const sum = byParameter.get(name);
      if (sum) addTo(sum, values);
      else byParameter.set(name, Float64Array.from(values));
    }
    for (const [slot, from] of layer.from.entries()) {
      addTo(gradients[from + 1] as Float64Array, back.inputs[slot] as Float64Array);
    }
  }
  const inOrder = parametersOf(model).flatMap(({ name }): [string, Float64Array][] => {
    const values = byParameter.get(name);
    return values ? [[name, values]] : [];
  });
  return { input: gradients[0] as Float64Array, parameters: new Map(inOrder) };
}

const inputsOf = ({ from }: ModelLayer, values: readonly Float64Array[]): readonly Float64Array[] =>
  from.map((number) => values[number + 1] as Float64Array);

function addTo(sum: Float64Array, values: ArrayLike<number>): void {
  for (const i of sum.keys()) sum[i] = (sum[i] as number) + (values[i] as number);
}

/** The parameters that a layer uses, by their short names. */
export const ownParameters = (
  model: Model,
  { owner }: ModelLayer,
  parameters: Parameters,
): Record<string, Float64Array> =>
  Object.fromEntries(
    (model.layers.find(({ name }) => name === owner) as ModelLayer).parameters.map(({ name }) => [
      name.slice(owner.length + 1),
      parameters.get(name) as Float64Array,
    ]),
  );
