// A model as operations on values: activations are fused into the layers before them, and views disappear.
import { type Activation, identity, LANES } from '@convoy/kernels';
import { type Shape, sizeOf } from '@convoy/tensor';
import { MODEL_INPUT, type Model, type ModelLayer } from '../graph/model.ts';
import { type AnyLayerDefinition, activationOf, definitionOf } from '../layer.ts';
import { BlockBuffer } from './locations.ts';

const FLOAT_BYTES = 4;

/** The bytes of one block of samples of this shape. */
export const blockBytes = (shape: Shape): number => sizeOf(shape) * LANES * FLOAT_BYTES;

/** A block that flows between operations. */
export interface Value {
  readonly name: string;
  /** The output shape of the layer that makes it; views of it have other shapes of the same size. */
  readonly shape: Shape;
  readonly data: BlockBuffer;
  /** The activation that was applied where the data were stored; backward through the value applies its derivative. */
  readonly activation: Activation;
  /** How many operations read it, and whether it is an output of the model. */
  readonly uses: number;
  readonly isOutput: boolean;
  /** Whether it depends on something that a step changes, or on the model's input where its gradient was asked for. */
  readonly needsGradient: boolean;
}

export interface Operation {
  readonly layer: ModelLayer;
  readonly definition: AnyLayerDefinition;
  readonly inputs: readonly Value[];
  readonly y: Value;
}

export interface Operations {
  readonly input: Value;
  /** In forward order. */
  readonly operations: readonly Operation[];
  readonly outputs: readonly Value[];
}

type Draft<T> = { -readonly [K in keyof T]: T[K] };

export function operationsOf(model: Model, withInputGradient: boolean): Operations {
  const uses = usesOf(model);
  const values = new Map<number, Draft<Value>>();
  const input = newValue('input', model.input, withInputGradient);
  values.set(MODEL_INPUT, input);
  /** Values of which a view has several users: an activation after one of the views cannot be fused. */
  const branching = new Set<Value>(uses(MODEL_INPUT) > 1 ? [input] : []);
  const fusing = new Set<Value>();
  const layers = new Map(model.layers.map((layer) => [layer.name, layer]));
  const operations: Operation[] = [];
  for (const [number, layer] of model.layers.entries()) {
    const definition = definitionOf(layer.layer);
    const inputs = layer.from.map((from) => values.get(from) as Draft<Value>);
    const [x] = inputs as [Draft<Value>];
    const activation = activationOf(layer.layer);
    if (activation && fusing.has(x) && !branching.has(x)) {
      x.activation = activation;
      fusing.delete(x);
      values.set(number, x);
    } else if (!definition.compile) {
      values.set(number, x);
    } else {
      const changes = hasChangingParameters(layers.get(layer.owner) as ModelLayer);
      const y = newValue(layer.name, layer.output, changes || inputs.some(({ needsGradient }) => needsGradient));
      for (const value of inputs) value.uses++;
      operations.push({ layer, definition, inputs, y });
      values.set(number, y);
      if (definition.fusesActivation) fusing.add(y);
    }
    const value = values.get(number) as Draft<Value>;
    if (uses(number) > 1) branching.add(value);
  }
  const outputs = model.outputs.map((number) => values.get(number) as Draft<Value>);
  for (const output of outputs) output.isOutput = true;
  return { input, operations, outputs };
}

const newValue = (name: string, shape: Shape, needsGradient: boolean): Draft<Value> => ({
  name,
  shape,
  data: new BlockBuffer(name, blockBytes(shape)),
  activation: identity,
  uses: 0,
  isOutput: false,
  needsGradient,
});

/** How often the output of a layer is used, by the number of the layer; an output of the model counts as a use. */
function usesOf({ layers, outputs }: Model): (number: number) => number {
  const counts = new Map<number, number>();
  for (const number of [...outputs, ...layers.flatMap(({ from }) => from)]) {
    counts.set(number, (counts.get(number) ?? 0) + 1);
  }
  return (number) => counts.get(number) ?? 0;
}

/** Whether a step changes parameters of the layer. Running statistics count: backward may write the shards' shares of them. */
const hasChangingParameters = ({ layer, parameters }: ModelLayer): boolean =>
  !layer.treatment?.frozen && parameters.length > 0;
