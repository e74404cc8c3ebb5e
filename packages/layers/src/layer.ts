// What a layer is: a plain description that can be posted to another thread, and a definition that gives it meaning.
// Shared code asks the definition; it never looks at a layer's type.
import type { Activation, Kernel } from '@convoy/kernels';
import { ConvoyError, describeValue, type Shape } from '@convoy/tensor';
import type { Initializer } from './initializer.ts';
import { Registry } from './registry.ts';

/** A layer in a model: its type and its checked options, immutable and structured-clonable. */
export interface Layer {
  readonly type: string;
  readonly name?: string;
  readonly settings: object;
}

/** What every layer can be told. */
export interface LayerOptions {
  /** The layer's name in the model and in its parameters' names; by default its type and a number. */
  readonly name?: string;
}

/** An array of numbers that a layer learns. */
export interface ParameterSpec {
  readonly name: string;
  readonly shape: Shape;
  readonly initializer: Initializer;
  /** Numbers that flow into, and out of, one output; initializers scale by them. */
  readonly fanIn: number;
  readonly fanOut: number;
}

/** A place in memory that the plan decides on. */
export interface Place {
  readonly name: string;
}

/** One call of a kernel with the places it works on. */
export interface Call {
  readonly kernel: Kernel;
  readonly places: readonly Place[];
}

/** Where a layer stands in a plan: its shapes and the places of its data. All data are blocks of 8 samples; see `@convoy/kernels`. */
export interface Site {
  /** Shapes of one sample. */
  readonly input: Shape;
  readonly output: Shape;
  readonly x: Place;
  readonly y: Place;
  readonly outputGradient: Place;
  /** Missing where nothing needs it, as at the input of the model. */
  readonly inputGradient: Place | undefined;
  parameter(name: string): Place;
  gradient(name: string): Place;
  /** Memory for the layer's own calls, which keeps nothing between forward and backward. To be called in `compile`, not in `backward`. */
  scratch(floats: number): Place;
  /** Memory that keeps what forward stores in it for backward. To be called in `compile`, not in `backward`. */
  saved(floats: number): Place;
  /** To be applied where y is stored. The identity unless the definition has `fusesActivation`. */
  readonly activation: Activation;
  /** The activation that made x. The identity unless the definition has `fusesInputActivation`. */
  readonly inputActivation: Activation;
}

/** A layer's kernels for one block. */
export interface CompiledLayer {
  readonly forward: readonly Call[];
  /** Parameter gradients are overwritten, or added to when `accumulate`. */
  backward(accumulate: boolean): readonly Call[];
}

/** Arrays by parameter name. */
export type Arrays = Readonly<Record<string, Float64Array>>;

/** The same layer in float64, by definition of its formula; tests compare the kernels with it. */
export interface ReferenceLayer<Settings> {
  forward(settings: Settings, input: Shape, batch: number, x: Float64Array, parameters: Arrays): Float64Array;
  backward(
    settings: Settings,
    input: Shape,
    batch: number,
    x: Float64Array,
    parameters: Arrays,
    outputGradient: Float64Array,
  ): { readonly input: Float64Array; readonly parameters: Arrays };
}

export interface LayerDefinition<Settings extends object = object> {
  readonly type: string;
  /** @throws ConvoyError CONVOY_SHAPE_MISMATCH if the layer cannot take such an input. */
  outputShape(settings: Settings, input: Shape): Shape;
  /** In the order in which they are stored. */
  parameters?(settings: Settings, input: Shape): readonly ParameterSpec[];
  /** Set by activations: other layers may apply it where they store their result. */
  readonly activation?: Activation;
  /** Whether the kernels apply `Site.activation` where they store y. */
  readonly fusesActivation?: boolean;
  /** Whether the kernels apply the derivative of `Site.inputActivation` where they store the input gradient. */
  readonly fusesInputActivation?: boolean;
  /** The layer's kernels; a layer without is a view, whose output is its input under another shape. */
  compile?(settings: Settings, site: Site): CompiledLayer;
  readonly reference: ReferenceLayer<Settings>;
}

const registry = new Registry<LayerDefinition>('layer');

/**
 * Makes a layer's definition known and returns the function that describes such layers.
 * `settings` checks the options and fills in the defaults.
 */
export function defineLayer<Options extends LayerOptions, Settings extends object>(
  definition: LayerDefinition<Settings> & { settings(options: Options): Settings },
): (options: Options) => Layer {
  // A definition only ever sees settings that its own `settings` made.
  registry.add(definition as unknown as LayerDefinition);
  return (options) => {
    const layer = { type: definition.type, settings: Object.freeze(definition.settings(options)) };
    return Object.freeze(options.name === undefined ? layer : { ...layer, name: checkedName(options.name) });
  };
}

function checkedName(name: unknown): string {
  if (typeof name === 'string' && name !== '') return name;
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `name: ${describeValue(name)}`,
    expected: 'a text that is not empty',
    mend: 'Pass such a name, or none to have the layer named by its type and a number.',
  });
}

/** @throws ConvoyError CONVOY_UNKNOWN_NAME */
export const definitionOf = (layer: Layer): LayerDefinition => registry.get(layer);
