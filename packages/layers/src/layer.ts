// What a layer is: a plain description that can be posted to another thread, and a definition that gives it meaning.
// Shared code asks the definition; it never looks at a layer's type.
import type { Activation } from '@convoy/kernels';
import { ConvoyError, finiteNumber, oneOf, type Shape } from '@convoy/tensor';
import { describeValue } from '@convoy/tensor/errors';
import type { Initializer } from './initializer.ts';
import type { CompiledLayer, Site } from './layer-context.ts';
import { Registry } from './registry.ts';

/** A layer in a model: its type and its checked options, immutable and structured-clonable. */
export interface Layer {
  readonly type: string;
  readonly name?: string;
  readonly settings: object;
  /** Missing where the optimizer treats its parameters like all others. */
  readonly treatment?: Treatment;
  /** Whether all its uses in a model have the same parameters. */
  readonly shared?: true;
}

/** What every layer can be told. */
export interface LayerOptions {
  /** The layer's name in the model and in its parameters' names; by default its type and a number. */
  readonly name?: string;
  /** Whether the parameters stay as they are, and with them the running statistics; default false. */
  readonly frozen?: boolean;
  /** What the learning rate is multiplied by for this layer's parameters, 0 or more; default 1. */
  readonly learningRateFactor?: number;
  /** false: the optimizer's weight decay leaves this layer's parameters alone; default true. */
  readonly weightDecay?: boolean;
}

/** How the optimizer treats a layer's parameters. */
export interface Treatment {
  readonly frozen: boolean;
  readonly learningRateFactor: number;
  readonly weightDecay: boolean;
}

/** Of layers that say nothing about it. */
export const USUAL_TREATMENT: Treatment = Object.freeze({ frozen: false, learningRateFactor: 1, weightDecay: true });

/** An array of numbers that a layer learns. */
export interface ParameterSpec {
  readonly name: string;
  readonly shape: Shape;
  readonly initializer: Initializer;
  /** Numbers that flow into, and out of, one output; initializers scale by them. */
  readonly fanIn: number;
  readonly fanOut: number;
  /**
   * Makes it a running statistic, which no optimizer touches: p ← p + m · (new − p) after each step, with m this number. What the layer puts
   * in the place of its gradient are the shards' shares of `new`, which are summed.
   */
  readonly movingAverage?: number;
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

/** The same for several inputs. */
export interface ReferenceMergeLayer<Settings> {
  forward(
    settings: Settings,
    inputs: readonly Shape[],
    batch: number,
    xs: readonly Float64Array[],
    parameters: Arrays,
  ): Float64Array;
  backward(
    settings: Settings,
    inputs: readonly Shape[],
    batch: number,
    xs: readonly Float64Array[],
    parameters: Arrays,
    outputGradient: Float64Array,
  ): { readonly inputs: readonly Float64Array[]; readonly parameters: Arrays };
}

/** What all definitions have, whatever the number of inputs. */
interface DefinitionBase<Settings extends object> {
  readonly type: string;
  /** Set by activations: other layers may apply what it gives where they store their result. */
  activation?(settings: Settings): Activation | undefined;
  /** Whether the kernels apply `Site.activation` where they store y. */
  readonly fusesActivation?: boolean;
  /** Whether the kernels apply the derivative of `Site.inputActivation` where they store the input gradient. */
  readonly fusesInputActivation?: boolean;
  /** Whether the gradient at every input is the gradient at the output: nothing is computed then. */
  readonly passesGradient?: boolean;
  /** The layer's kernels; a layer without is a view, whose output is its input under another shape. */
  compile?(settings: Settings, site: Site): CompiledLayer;
}

/** A layer with one input. */
export interface LayerForm<Settings extends object> extends DefinitionBase<Settings> {
  /** @throws ConvoyError CONVOY_SHAPE_MISMATCH if the layer cannot take such an input. */
  outputShape(settings: Settings, input: Shape): Shape;
  /** In the order in which they are stored. */
  parameters?(settings: Settings, input: Shape): readonly ParameterSpec[];
  /** As of `LayerDefinition`. */
  multiplyAdds?(settings: Settings, input: Shape, output: Shape): number;
  readonly reference: ReferenceLayer<Settings>;
}

/** A layer with any number of inputs; what shared code asks. */
export interface LayerDefinition<Settings extends object = object> extends DefinitionBase<Settings> {
  /** The fewest inputs and the most. */
  readonly arity: readonly [fewest: number, most: number];
  /** @throws ConvoyError CONVOY_SHAPE_MISMATCH if the layer cannot take such inputs. */
  outputShape(settings: Settings, inputs: readonly Shape[]): Shape;
  /** In the order in which they are stored. */
  parameters?(settings: Settings, inputs: readonly Shape[]): readonly ParameterSpec[];
  /** Products with numbers of a kernel that the forward part sums up for one sample; 0 unless given. */
  multiplyAdds?(settings: Settings, inputs: readonly Shape[], output: Shape): number;
  readonly reference: ReferenceMergeLayer<Settings>;
}

const registry = new Registry<LayerDefinition>('layer');

/** Checks the options and fills in the defaults. */
interface WithSettings<Options extends LayerOptions, Settings> {
  settings(options: Options): Settings;
}

/** Makes a layer with one input known and returns the function that describes such layers. */
export function defineLayer<Options extends LayerOptions, Settings extends object>(
  form: LayerForm<Settings> & WithSettings<Options, Settings>,
): (options: Options) => Layer {
  const { outputShape, parameters, multiplyAdds, reference, ...rest } = form;
  return defineMergeLayer({
    ...rest,
    arity: [1, 1],
    outputShape: (settings, [input]) => outputShape(settings, input as Shape),
    ...(parameters && {
      parameters: (settings: Settings, [input]: readonly Shape[]) => parameters(settings, input as Shape),
    }),
    ...(multiplyAdds && {
      multiplyAdds: (settings: Settings, [input]: readonly Shape[], output: Shape) =>
        multiplyAdds(settings, input as Shape, output),
    }),
    reference: {
      forward: (settings, [input], batch, [x], own) =>
        reference.forward(settings, input as Shape, batch, x as Float64Array, own),
      backward(settings, [input], batch, [x], own, outputGradient) {
        const back = reference.backward(settings, input as Shape, batch, x as Float64Array, own, outputGradient);
        return { inputs: [back.input], parameters: back.parameters };
      },
    },
  });
}

/** The same for a layer with several inputs. */
export function defineMergeLayer<Options extends LayerOptions, Settings extends object>(
  definition: LayerDefinition<Settings> & WithSettings<Options, Settings>,
): (options: Options) => Layer {
  // A definition only ever sees settings that its own `settings` made.
  registry.add(definition as unknown as LayerDefinition);
  return (options) => {
    const treatment = treatmentOf(options);
    return Object.freeze({
      type: definition.type,
      ...(options.name === undefined ? {} : { name: checkedName(options.name) }),
      settings: Object.freeze(definition.settings(options)),
      ...(treatment && { treatment }),
    });
  };
}

/** Undefined where the options ask for nothing special. */
function treatmentOf({ frozen = false, learningRateFactor = 1, weightDecay = true }: LayerOptions) {
  oneOf('frozen', frozen, [true, false]);
  oneOf('weightDecay', weightDecay, [true, false]);
  finiteNumber('learningRateFactor', learningRateFactor, { atLeast: 0 });
  if (!frozen && learningRateFactor === 1 && weightDecay) return undefined;
  return Object.freeze({ frozen, learningRateFactor, weightDecay });
}

function checkedName(name: unknown): string {
  if (typeof name === 'string' && name !== '') return name;
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `name: ${describeValue(name)}`,
    expected: 'a text that is not empty',
    fix: 'Pass such a name, or none to have the layer named by its type and a number.',
  });
}

/** The activation that the layer is to those around it, if it is one. @throws ConvoyError CONVOY_UNKNOWN_NAME */
export const activationOf = (layer: Layer): Activation | undefined => definitionOf(layer).activation?.(layer.settings);

/** @throws ConvoyError CONVOY_UNKNOWN_NAME */
export const definitionOf = (layer: Layer): LayerDefinition => registry.get(layer);
