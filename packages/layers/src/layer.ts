// What a layer is: a plain description that can be posted to another thread, and a definition that gives it meaning.
// Shared code asks the definition; it never looks at a layer's type.
import type { Activation } from '@convoy/kernels';
import { ConvoyError, type Shape } from '@convoy/tensor';
import {
  checkValues,
  flag,
  float32In,
  functionOf,
  type OptionCheck,
  type OptionChecker,
  type OptionChecks,
  type OptionsParameter,
  optional,
  optionChecker,
  text,
} from '@convoy/tensor/checks';
import { checkDefinition, checkResult, inDefinition, Registry, settingsFrom } from '@convoy/tensor/definitions';
import { describeValue } from '@convoy/tensor/errors';
import type { Initializer } from './initializer.ts';
import type { CompiledLayer, LayerContext } from './layer-context.ts';

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

/** The shapes of a layer's inputs, of one sample each. A layer has one input unless its definition says otherwise. */
export type InputShapes = readonly Shape[];
type OneInput = readonly [input: Shape];

/** One array per input. */
type PerInput<Inputs extends InputShapes> = { readonly [I in keyof Inputs]: Float64Array };

/** The same layer in float64, written as its formula; tests compare the kernels with it. All arrays are row-major, (N, ...shape). */
export interface ReferenceLayer<Settings, Inputs extends InputShapes = OneInput> {
  forward(settings: Settings, inputs: Inputs, batch: number, xs: PerInput<Inputs>, parameters: Arrays): Float64Array;
  backward(
    settings: Settings,
    inputs: Inputs,
    batch: number,
    xs: PerInput<Inputs>,
    parameters: Arrays,
    outputGradient: Float64Array,
  ): { readonly inputs: readonly Float64Array[]; readonly parameters: Arrays };
}

/** What gives a layer type its meaning; shared code asks it, and never looks at the type of a layer. */
export interface LayerDefinition<Settings extends object = object, Inputs extends InputShapes = OneInput> {
  readonly type: string;
  /** The smallest and the greatest number of inputs; default [1, 1]. */
  readonly arity?: readonly [min: number, max: number];
  /** @throws ConvoyError CONVOY_SHAPE_MISMATCH if the layer cannot take such inputs. */
  outputShape(settings: Settings, inputs: Inputs): Shape;
  /** In the order in which they are stored. */
  parameters?(settings: Settings, inputs: Inputs): readonly ParameterSpec[];
  /** Products with numbers of a kernel that forward sums up for one sample; 0 unless given. */
  multiplyAdds?(settings: Settings, inputs: Inputs, output: Shape): number;
  /** For activations: what other layers may apply where they store their result. */
  activation?(settings: Settings): Activation | undefined;
  /** Whether the kernels apply `LayerContext.activation` where they store y. */
  readonly fusesActivation?: boolean;
  /** Whether the kernels apply the derivative of `LayerContext.inputActivation` where they store the input gradient. */
  readonly fusesInputActivation?: boolean;
  /** Whether the gradient at every input is the gradient at the output: then nothing is computed. */
  readonly passesGradient?: boolean;
  /** The calls of the layer. A layer without it is a view, whose output is its input under another shape. */
  compile?(settings: Settings, context: LayerContext): CompiledLayer;
  readonly reference: ReferenceLayer<Settings, Inputs>;
}

/** A definition as shared code uses it. */
export type AnyLayerDefinition = LayerDefinition<object, InputShapes>;

const registry = new Registry<AnyLayerDefinition>('a layer', 'relu()');

/** The options that only one type of layer has. */
export type OwnOptions<Options extends LayerOptions> = Omit<Options, keyof LayerOptions>;

/** How a definition checks the options of its layers. */
interface WithSettings<Options extends LayerOptions, Settings> {
  /**
   * The settings of a layer. `check` takes a table with a check for each option that only this type of layer has, and
   * returns the checked values. It rejects all other options, except those of all layers.
   */
  settings(check: OptionChecker<OwnOptions<Options>>): Settings;
}

/**
 * Registers a layer type, and returns the function that describes layers of it. `apps/examples/src/layer-scale.ts` is
 * an example.
 * @throws ConvoyError CONVOY_INVALID_OPTION for a definition that lacks a part; from the returned function, for options
 * that no layer can have
 */
export function defineLayer<
  Options extends LayerOptions,
  Settings extends object,
  Inputs extends InputShapes = OneInput,
>(
  definition: LayerDefinition<Settings, Inputs> & WithSettings<Options, Settings>,
): (...options: OptionsParameter<Options>) => Layer {
  checkDefinition(definition, definitionChecks);
  // A definition only ever gets settings that its own `settings` made, and as many inputs as it allows.
  registry.add(definition as unknown as AnyLayerDefinition);
  return (options?: Options) => {
    const check = optionChecker<OwnOptions<Options>>(definition.type, options, Object.keys(commonChecks));
    const settings = settingsFrom(definition.type, () => definition.settings(check));
    const { name, ...treatment } = checkValues({ ...options }, commonChecks);
    return Object.freeze({
      type: definition.type,
      ...(name !== undefined && { name }),
      settings,
      ...(isUsual(treatment) ? {} : { treatment: Object.freeze(treatment) }),
    });
  };
}

/** Registers a layer type with several inputs. */
export const defineMergeLayer = <Options extends LayerOptions, Settings extends object>(
  definition: LayerDefinition<Settings, InputShapes> &
    WithSettings<Options, Settings> & { readonly arity: readonly [min: number, max: number] },
): ((...options: OptionsParameter<Options>) => Layer) => defineLayer(definition);

/** The smallest and the greatest number of inputs. */
const checkArity: OptionCheck = (name, value) => {
  const [min, max] = Array.isArray(value) ? value : [];
  if (Number.isInteger(min) && min >= 1 && (Number.isInteger(max) || max === Infinity) && max >= min) return value;
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `${name}: ${describeValue(value)}`,
    expected: 'the smallest and the greatest number of inputs, [min, max]',
    fix: 'Pass for example arity: [2, 2], or arity: [2, Infinity].',
  });
};

const definitionChecks = {
  settings: functionOf(),
  arity: optional(checkArity),
  outputShape: functionOf(),
  parameters: optional(functionOf()),
  multiplyAdds: optional(functionOf()),
  activation: optional(functionOf()),
  fusesActivation: optional(flag),
  fusesInputActivation: optional(flag),
  passesGradient: optional(flag),
  compile: optional(functionOf()),
};

/** The checks of the options that all layers have. */
const commonChecks = {
  name: optional(text),
  frozen: optional(flag, USUAL_TREATMENT.frozen),
  learningRateFactor: optional(float32In({ atLeast: 0 }), USUAL_TREATMENT.learningRateFactor),
  weightDecay: optional(flag, USUAL_TREATMENT.weightDecay),
} satisfies OptionChecks<LayerOptions>;

const isUsual = ({ frozen, learningRateFactor, weightDecay }: Treatment): boolean =>
  !frozen && learningRateFactor === 1 && weightDecay;

/** The activation that the layer is to those around it, if it is one. @throws ConvoyError CONVOY_LAYER_FAILED */
export function activationOf(layer: Layer): Activation | undefined {
  const definition = definitionOf(layer);
  const of = `the layer type ${layer.type}`;
  const activation = inDefinition(of, () => definition.activation?.(layer.settings));
  if (activation === undefined) return undefined;
  checkResult(of, 'activation', activation, { name: text, forward: functionOf(), backward: functionOf() });
  return activation;
}

/** @throws ConvoyError CONVOY_INVALID_OPTION, CONVOY_UNKNOWN_NAME */
export const definitionOf = (layer: Layer): AnyLayerDefinition => registry.get(layer);

/**
 * The definition of a layer that a user has passed, whose parts are checked.
 * @throws ConvoyError CONVOY_INVALID_OPTION, CONVOY_UNKNOWN_NAME
 */
export function checkedDefinitionOf(layer: Layer): AnyLayerDefinition {
  const definition = registry.get(layer);
  const { name, treatment, shared } = layer;
  checkValues({ name, shared, ...treatment }, { ...commonChecks, shared: optional(flag) });
  return definition;
}
