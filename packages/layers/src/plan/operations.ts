// A model as operations: layers with kernels, activations fused into their neighbours, views resolved.
import { type Activation, identity, LANES, pointwiseGradient } from '@convoy/kernels';
import { type Shape, sizeOf } from '@convoy/tensor';
import { type Call, type CompiledLayer, definitionOf, type LayerDefinition, type Place } from '../layer.ts';
import type { Model, ModelLayer } from '../model/sequential.ts';
import { Buffer } from './workspace.ts';

/** A block that flows between operations, with its gradient. */
export interface BlockValue {
  readonly data: Buffer;
  /** Missing where nothing needs it. */
  readonly gradient: Buffer | undefined;
  /** What was applied where the data were stored; the operation behind them expects its derivative in the gradient. */
  readonly activation: Activation;
}

export interface Operation {
  readonly layer: ModelLayer;
  readonly definition: LayerDefinition;
  readonly x: BlockValue;
  readonly y: BlockValue;
  readonly output: Shape;
}

const FLOAT_BYTES = 4;

/** The bytes of one block of such samples. */
export const blockBytes = (shape: Shape): number => sizeOf(shape) * LANES * FLOAT_BYTES;

const blockValue = (name: string, shape: Shape, activation: Activation): BlockValue => ({
  data: new Buffer(name, blockBytes(shape)),
  gradient: new Buffer(`gradient of ${name}`, blockBytes(shape)),
  activation,
});

export interface Operations {
  readonly input: BlockValue;
  readonly operations: readonly Operation[];
  readonly output: BlockValue;
}

/** The operations of a model in forward order. */
export function operationsOf(model: Model, withInputGradient: boolean): Operations {
  const whole = blockValue('input', model.input, identity);
  const input = withInputGradient ? whole : { ...whole, gradient: undefined };
  const operations: Operation[] = [];
  let value = input;
  for (let i = 0; i < model.layers.length; i++) {
    const layer = model.layers[i] as ModelLayer;
    const definition = definitionOf(layer.layer);
    if (!definition.compile) continue;
    const next = model.layers[i + 1];
    const fused = definition.fusesActivation && next ? definitionOf(next.layer).activation : undefined;
    if (fused) i++;
    const y = blockValue(layer.name, layer.output, fused ?? identity);
    operations.push({ layer, definition, x: value, y, output: layer.output });
    value = y;
  }
  return { input, operations, output: value };
}

/** Where parameters and their gradients lie. */
export interface ParameterPlaces {
  parameter(name: string): Place;
  gradient(name: string): Place;
}

/** An operation's kernels, with the derivative of its input's activation where the layer does not fuse it. */
export function compileOperation(
  { layer, definition, x, y, output }: Operation,
  places: ParameterPlaces,
): CompiledLayer {
  const compiled = definition.compile?.(layer.layer.settings, {
    input: layer.input,
    output,
    x: x.data,
    y: y.data,
    // Only the input of a model can lack a gradient, and no operation has it as y.
    outputGradient: y.gradient as Buffer,
    inputGradient: x.gradient,
    activation: y.activation,
    inputActivation: definition.fusesInputActivation ? x.activation : identity,
    parameter: (name) => places.parameter(`${layer.name}.${name}`),
    gradient: (name) => places.gradient(`${layer.name}.${name}`),
    scratch: (floats) => new Buffer(`scratch of ${layer.name}`, floats * FLOAT_BYTES),
    // It is used by calls of forward and of backward, so the layout keeps it from the first to the last of them.
    saved: (floats) => new Buffer(`saved by ${layer.name}`, floats * FLOAT_BYTES),
  }) as CompiledLayer;
  if (definition.fusesInputActivation) return compiled;
  return {
    forward: compiled.forward,
    backward: (accumulate) => [...compiled.backward(accumulate), ...activationGradient(x, layer.input)],
  };
}

/** Applies the derivative of the activation that made the value to its gradient, in place. */
export function activationGradient({ data, gradient, activation }: BlockValue, shape: Shape): readonly Call[] {
  if (activation === identity || !gradient) return [];
  return [{ kernel: pointwiseGradient(sizeOf(shape), activation), places: [data, gradient, gradient] }];
}
