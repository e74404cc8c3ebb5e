// What an augmentation is: a plain description that can be posted to another thread, and a definition that gives it
// meaning. Shared code asks the definition; it never looks at the type of an augmentation.
import { functionOf, type OptionsParameter, optional, text } from '@convoy/tensor/checks';
import { checkDefinition, describe, inDefinition, Registry, type WithSettings } from '@convoy/tensor/definitions';
import type { RandomStream } from '@convoy/tensor/random';
import type { Canvas, SampleForm } from './canvas.ts';
import type { BatchMix } from './mixing/batch-mix.ts';
import type { SampleKey } from './sample-key.ts';

/** An augmentation as a plain, structured-clonable description. */
export interface Augmentation {
  readonly type: string;
  readonly settings: object;
  /** The URL of the module that defines it, for augmentations of users. */
  readonly module?: string;
}

/**
 * Augments one sample: it transforms the canvas, or calls `canvas.draw()` and changes `canvas.row`. All its random
 * numbers come from `random`, or are functions of the key. It allocates nothing.
 */
export type Step = (canvas: Canvas, random: RandomStream, key: SampleKey) => void;

/** What the definition of an augmentation gets when an `Augmenter` is built. */
export interface BuildContext {
  readonly form: SampleForm;
  readonly seed: number;
  /** The number of this operation among all operations of the augmenter. */
  readonly number: number;
  /**
   * The numbers of pixels that come from outside of the image, one for each channel. An operation that asks for them
   * may show what is outside of the image; labels of pixels are then `fillLabel`.
   * @throws ConvoyError CONVOY_INVALID_OPTION unless a list has a number for each channel, and bytes are from 0 to 255
   */
  outside(fill: Fill): Float64Array;
  /** The step of another augmentation, with random numbers of its own. */
  build(augmentation: Augmentation): BuiltStep;
}

/** One number for all channels, or one for each. */
export type Fill = number | readonly number[];

/** A step that draws its own random numbers. */
export type BuiltStep = (canvas: Canvas, key: SampleKey) => void;

/** What gives a type of augmentation its meaning; see `defineAugmentation`. It has `build` or `mix`. */
export interface AugmentationDefinition<Settings extends object = object> {
  readonly type: string;
  /** The URL of the module that makes this definition, `import.meta.url`. Threads that augment import it. */
  readonly module?: string;
  /**
   * Prepares the augmentation of samples of one form.
   * @throws ConvoyError if it cannot augment such samples
   */
  build?(settings: Settings, context: BuildContext): Step;
  /** For augmentations that mix the samples of a mini-batch. */
  mix?(settings: Settings, form: SampleForm): BatchMix;
}

const registry = new Registry<AugmentationDefinition>('an augmentation', 'horizontalFlip()');

/**
 * Registers a type of augmentation, and returns the function that describes augmentations of it.
 *
 * ```ts
 * export const invert = defineAugmentation<object, object>({
 *   type: 'invert',
 *   module: import.meta.url,
 *   settings: (check) => check({}),
 *   build: (_, { form: { channels, height, width } }) => (canvas) => {
 *     canvas.draw();
 *     const { row, offset } = canvas;
 *     const end = offset + channels * height * width;
 *     for (let i = offset; i < end; i++) row[i] = 255 - (row[i] as number);
 *   },
 * });
 * ```
 * @throws ConvoyError CONVOY_INVALID_OPTION for a definition that lacks a part; from the returned function, for options
 * that no such augmentation can have
 */
export function defineAugmentation<Options, Settings extends object>(
  definition: AugmentationDefinition<Settings> & WithSettings<Options, Settings>,
): (...options: OptionsParameter<Options>) => Augmentation {
  const parts = { settings: functionOf(), module: optional(text), mix: optional(functionOf()) };
  checkDefinition(definition, { ...parts, build: definition?.mix ? optional(functionOf()) : functionOf() });
  // A definition only ever gets settings that its own `settings` made.
  registry.add(definition as unknown as AugmentationDefinition);
  const { module } = definition;
  return (options?: Options) =>
    Object.freeze({ ...describe(definition, options), ...(module !== undefined && { module }) });
}

/**
 * The definition of a description.
 * @param name what messages call the description
 * @throws ConvoyError CONVOY_INVALID_OPTION, CONVOY_UNKNOWN_NAME
 */
export const definitionOf = (augmentation: Augmentation, name?: string): AugmentationDefinition =>
  registry.get(augmentation, name);

/** Runs a part of the definition of an augmentation. @throws ConvoyError CONVOY_LAYER_FAILED for errors of other kinds */
export const inAugmentation = <T>({ type }: Augmentation, work: () => T): T =>
  inDefinition(`the augmentation ${type}`, work);
