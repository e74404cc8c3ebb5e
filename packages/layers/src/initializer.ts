// What an initializer is: a plain description of the initial values of parameters, and a definition that computes them.
import { ConvoyError, RandomStream, type Shape, sizeOf } from '@convoy/tensor';
import { functionOf, type OptionCheck, type OptionsParameter } from '@convoy/tensor/checks';
import { checkDefinition, describe, inDefinition, Registry, type WithSettings } from '@convoy/tensor/definitions';
import { createFloats } from '@convoy/tensor/memory';

/** How a parameter starts, as a plain description that can be cloned and saved. */
export interface Initializer {
  readonly type: string;
  readonly settings: object;
}

/** A parameter to initialize. */
export interface InitializedParameter {
  /** Its full name in the model. */
  readonly name: string;
  readonly shape: Shape;
  /** How many inputs one output depends on, and how many outputs depend on one input. */
  readonly fanIn: number;
  readonly fanOut: number;
}

/** Independent streams of random numbers, one for each whole number. They depend only on the seed and the name of the parameter. */
export type RandomStreams = (stream: number) => RandomStream;

/** Gives a type of initializer its meaning; see `defineInitializer`. */
export interface InitializerDefinition<Settings extends object = object> {
  readonly type: string;
  /** Writes all values, row-major. @throws ConvoyError CONVOY_SHAPE_MISMATCH if the parameter cannot have such values */
  fill(settings: Settings, values: Float32Array, parameter: InitializedParameter, random: RandomStreams): void;
}

const registry = new Registry<InitializerDefinition>('an initializer', 'heNormal()');

/**
 * Registers an initializer, and returns the function that describes it.
 * @throws ConvoyError CONVOY_INVALID_OPTION for a definition that lacks a part
 * @example const ones = defineInitializer({ type: 'ones', settings: () => ({}), fill: (_settings, values) => void values.fill(1) })
 */
export function defineInitializer<Options, Settings extends object>(
  definition: InitializerDefinition<Settings> & WithSettings<Options, Settings>,
): (...options: OptionsParameter<Options>) => Initializer {
  checkDefinition(definition, { settings: functionOf(), fill: functionOf() });
  // A definition only gets settings that its own `settings` has made.
  registry.add(definition as unknown as InitializerDefinition);
  return (options?: Options) => describe(definition, options);
}

/** The check of an option that is an initializer. @throws ConvoyError CONVOY_UNKNOWN_NAME for one of an unknown type */
export const checkInitializer: OptionCheck<Initializer> = (name, value) => {
  registry.get(value as Initializer, name);
  return value as Initializer;
};

/**
 * The initial values of a parameter, row-major: a function of the seed, the parameter's name in the model and its shape.
 * @throws ConvoyError CONVOY_UNKNOWN_NAME, CONVOY_SHAPE_MISMATCH, CONVOY_LAYER_FAILED, CONVOY_NOT_FINITE
 */
export function initialValues(initializer: Initializer, parameter: InitializedParameter, seed: number): Float32Array {
  const definition = registry.get(initializer);
  const values = createFloats(`the parameter ${parameter.name}`, sizeOf(parameter.shape));
  const random = (stream: number) => new RandomStream(seed, `initialize ${parameter.name}`, stream);
  const of = `the initializer ${initializer.type}`;
  inDefinition(of, () => definition.fill(initializer.settings, values, parameter, random));
  let wrong = 0;
  while (wrong < values.length && Number.isFinite(values[wrong])) wrong++;
  if (wrong === values.length) return values;
  throw new ConvoyError('CONVOY_NOT_FINITE', {
    given: `${of}, which starts ${parameter.name} with ${values[wrong]} at index ${wrong}`,
    expected: 'finite float32 numbers',
    fix: 'Pass the initializer smaller numbers, or correct its definition.',
  });
}
