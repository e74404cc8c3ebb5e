// What an initializer is: a plain description of the initial values of parameters, and a definition that computes them.
import { ConvoyError, RandomStream, type Shape, sizeOf } from '@convoy/tensor';
import type { OptionCheck, OptionsParameter } from '@convoy/tensor/checks';
import { describeValue } from '@convoy/tensor/errors';
import { describe, type WithSettings } from './description.ts';
import { Registry } from './registry.ts';

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

const registry = new Registry<InitializerDefinition>('initializer');

/**
 * Registers an initializer, and returns the function that describes it.
 * @example const ones = defineInitializer({ type: 'ones', settings: () => ({}), fill: (_settings, values) => void values.fill(1) })
 */
export function defineInitializer<Options, Settings extends object>(
  definition: InitializerDefinition<Settings> & WithSettings<Options, Settings>,
): (...options: OptionsParameter<Options>) => Initializer {
  // A definition only gets settings that its own `settings` has made.
  registry.add(definition as unknown as InitializerDefinition);
  return (options?: Options) => describe(definition, options);
}

/** The check of an option that is an initializer. */
export const checkInitializer: OptionCheck<Initializer> = (name, value) => {
  if (registry.has(value as Initializer)) return value as Initializer;
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `${name}: ${describeValue(value)}`,
    expected: 'an initializer, such as what heNormal() returns',
    fix: `Call the function that describes it, for example ${name}: heNormal().`,
  });
};

/**
 * The initial values of a parameter, row-major: a function of the seed, the parameter's name in the model and its shape.
 * @throws ConvoyError CONVOY_UNKNOWN_NAME, CONVOY_SHAPE_MISMATCH
 */
export function initialValues(initializer: Initializer, parameter: InitializedParameter, seed: number): Float32Array {
  const values = new Float32Array(sizeOf(parameter.shape));
  const random = (stream: number) => new RandomStream(seed, `initialize ${parameter.name}`, stream);
  registry.get(initializer).fill(initializer.settings, values, parameter, random);
  return values;
}
