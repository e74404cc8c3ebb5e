// What an initializer is: a plain description of how parameters start, and a definition that fills them.
import { ConvoyError, RandomStream, type Shape, sizeOf } from '@convoy/tensor';
import { describeValue } from '@convoy/tensor/errors';
import { Registry } from './registry.ts';

/** Where a layer's numbers come from before training, as a plain, structured-clonable description. */
export interface Initializer {
  readonly type: string;
  readonly settings: object;
}

/** An array of numbers that is to be filled. */
export interface InitializedParameter {
  /** Its full name in the model. */
  readonly name: string;
  readonly shape: Shape;
  /** Numbers that flow into, and out of, one output. */
  readonly fanIn: number;
  readonly fanOut: number;
}

/** Independent streams of random numbers, one for each whole number. The same for the same seed and name of the parameter. */
export type RandomStreams = (stream: number) => RandomStream;

export interface InitializerDefinition<Settings extends object = object> {
  readonly type: string;
  /** Writes all values, row-major. @throws ConvoyError CONVOY_SHAPE_MISMATCH if it has none for such a shape */
  fill(settings: Settings, values: Float32Array, parameter: InitializedParameter, random: RandomStreams): void;
}

const registry = new Registry<InitializerDefinition>('initializer');

/** Makes an initializer's definition known and returns the function that describes it. */
export function defineInitializer<Options, Settings extends object>(
  definition: InitializerDefinition<Settings> & { settings(options: Options): Settings },
): (options: Options) => Initializer {
  // A definition only ever sees settings that its own `settings` made.
  registry.add(definition as unknown as InitializerDefinition);
  return (options) => Object.freeze({ type: definition.type, settings: Object.freeze(definition.settings(options)) });
}

/** The initializer given as an option, or the default. @throws ConvoyError CONVOY_INVALID_OPTION */
export function checkedInitializer(
  option: string,
  given: Initializer | undefined,
  byDefault: Initializer,
): Initializer {
  if (given === undefined) return byDefault;
  if (registry.has(given)) return given;
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `${option}: ${describeValue(given)}`,
    expected: 'an initializer, such as what heNormal() returns',
    fix: `Call the function that describes it, for example ${option}: heNormal().`,
  });
}

/**
 * The initial numbers of a parameter: a function of the seed, the parameter's name in the model and its shape.
 * @throws ConvoyError CONVOY_UNKNOWN_NAME, CONVOY_SHAPE_MISMATCH
 */
export function initialValues(initializer: Initializer, parameter: InitializedParameter, seed: number): Float32Array {
  const values = new Float32Array(sizeOf(parameter.shape));
  const random = (stream: number) => new RandomStream(seed, `initialize ${parameter.name}`, stream);
  registry.get(initializer).fill(initializer.settings, values, parameter, random);
  return values;
}
