// What a layer's definition says about the layer at its place in a model, checked: its output and its parameters.
import type { Shape } from '@convoy/tensor';
import { numberIn, type OptionChecks, optional, text } from '@convoy/tensor/checks';
import { checkResult, wrongResult } from '@convoy/tensor/definitions';
import { checkInitializer } from '../initializer.ts';
import { definitionOf, type Layer, type ParameterSpec } from '../layer.ts';
import { inLayer } from './layer-errors.ts';
import { checkSizes } from './sizes.ts';

export interface PlacedLayer {
  readonly output: Shape;
  /** With their full names, `layer.parameter`. */
  readonly parameters: readonly ParameterSpec[];
}

/**
 * @param name the name of the layer in the model
 * @throws ConvoyError what the definition throws, with the name of the layer; CONVOY_LAYER_FAILED if it returns
 * nonsense
 */
export const placeLayer = (name: string, layer: Layer, inputs: readonly Shape[]): PlacedLayer =>
  inLayer(name, () => {
    const definition = definitionOf(layer);
    const of = `layer '${name}'`;
    const output = checkedExtents(of, 'outputShape', definition.outputShape(layer.settings, inputs));
    const specs: unknown = definition.parameters?.(layer.settings, inputs) ?? [];
    const parameters = checkedParameters(of, specs);
    checkSizes(output, parameters);
    return { output, parameters: parameters.map((spec) => ({ ...spec, name: `${name}.${spec.name}` })) };
  });

function checkedParameters(of: string, specs: unknown): readonly ParameterSpec[] {
  if (!Array.isArray(specs)) throw wrongResult(of, 'parameters', specs, 'an array of parameters');
  const shape = (_: string, value: unknown) => checkedExtents(of, 'parameters', value);
  const checks = {
    name: text,
    shape,
    initializer: checkInitializer,
    fanIn: numberIn({ above: 0 }),
    fanOut: numberIn({ above: 0 }),
    movingAverage: optional(numberIn({ atLeast: 0, atMost: 1 })),
  } satisfies OptionChecks<ParameterSpec>;
  const names = Array.from(specs, (spec: unknown) => checkResult(of, 'parameters', spec, checks).name);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice === undefined) return specs;
  throw wrongResult(of, 'parameters', names, 'parameters of different names');
}

function checkedExtents(of: string, part: string, shape: unknown): Shape {
  const isExtent = (extent: unknown) => Number.isSafeInteger(extent) && (extent as number) >= 1;
  // `Array.from` also visits holes.
  if (Array.isArray(shape) && Array.from(shape).every(isExtent)) return Object.freeze([...shape]);
  throw wrongResult(of, part, shape, 'a shape, an array of whole numbers of 1 or more');
}
