// What a loss is: a plain description, and a definition that gives it meaning.
import type { Shape } from '@convoy/tensor';
import { functionOf, type OptionsParameter, optional } from '@convoy/tensor/checks';
import {
  checkDefinition,
  describe,
  inDefinition,
  Registry,
  type WithSettings,
  wrongResult,
} from '@convoy/tensor/definitions';
import type { BufferLocation, Call } from './layer-context.ts';

/** A loss as a plain, structured-clonable description. */
export interface Loss {
  readonly type: string;
  readonly settings: object;
  /** A factor for the loss; default 1. */
  readonly weight?: number;
}

/** The loss of a model, or one loss for each of its outputs, which are added. */
export type Losses = Loss | readonly Loss[];

export const lossesOf = (losses: Losses): readonly Loss[] =>
  Array.isArray(losses) ? (losses as readonly Loss[]) : [losses as Loss];

/**
 * What a loss compares the outputs with. `labels` are whole numbers: the class of each sample or pixel. The other kinds have the shape of the output:
 * `oneHot` gives the probability of each class, `probabilities` give an independent probability for each output, `values` are any numbers.
 */
export type TargetKind = 'labels' | 'oneHot' | 'probabilities' | 'values';

const TARGET_KINDS: readonly TargetKind[] = ['labels', 'oneHot', 'probabilities', 'values'];

/** The targets of one sample. */
export interface TargetSpec {
  readonly kind: TargetKind;
  /** The shape of the output; for labels without its first dimension: [] for one label per sample, [height, width] for one per pixel. */
  readonly shape: Shape;
  /** Samples or pixels with this label are ignored. */
  readonly ignoreLabel?: number;
}

/** What the definition of a loss or a metric gets when a model is compiled: the locations of its operands. */
export interface ScoreContext {
  /** The shape of one sample of the model's output. */
  readonly output: Shape;
  readonly targetSpec: TargetSpec;
  readonly prediction: BufferLocation;
  /** One cell per number of the targets. */
  readonly targets: BufferLocation;
  /** One cell: how much each sample counts; 1 / batch for a mean, 0 for a lane without a sample. */
  readonly sampleWeights: BufferLocation;
  /** One float, to which the kernel adds. */
  readonly result: BufferLocation;
}

/** What the definition of a loss gets when a model is compiled. */
export interface LossContext extends ScoreContext {
  readonly outputGradient: BufferLocation;
}

/** The reference of a loss, in float64. */
export interface ReferenceLoss<Settings> {
  loss(
    settings: Settings,
    output: Shape,
    batch: number,
    prediction: Float64Array,
    targets: ArrayLike<number>,
    weights: Float64Array,
  ): number;
  gradient(
    settings: Settings,
    output: Shape,
    batch: number,
    prediction: Float64Array,
    targets: ArrayLike<number>,
    weights: Float64Array,
  ): Float64Array;
}

/** Gives a type of loss its meaning; see `defineLoss`. */
export interface LossDefinition<Settings extends object = object> {
  readonly type: string;
  targets(settings: Settings): TargetKind;
  /** The label that is ignored, if the targets are labels. */
  ignoreLabel?(settings: Settings): number | undefined;
  /** @throws ConvoyError CONVOY_SHAPE_MISMATCH if the loss cannot take such an output. */
  checkOutput(settings: Settings, output: Shape): void;
  /** Adds Σ weight · loss of the block to the result and stores the gradient at the output. */
  compile(settings: Settings, context: LossContext): readonly Call[];
  readonly reference: ReferenceLoss<Settings>;
}

const registry = new Registry<LossDefinition>('a loss', 'softmaxCrossEntropy()');

/**
 * Registers a loss type, and returns the function that describes losses of it.
 * @throws ConvoyError CONVOY_INVALID_OPTION for a definition that lacks a part
 */
export function defineLoss<Options, Settings extends object>(
  definition: LossDefinition<Settings> & WithSettings<Options, Settings>,
): (...options: OptionsParameter<Options>) => Loss {
  checkDefinition(definition, {
    settings: functionOf(),
    targets: functionOf(),
    ignoreLabel: optional(functionOf()),
    checkOutput: functionOf(),
    compile: functionOf(),
  });
  // A definition only gets settings that its own `settings` made.
  registry.add(definition as unknown as LossDefinition);
  return (options?: Options) => describe(definition, options);
}

/**
 * @param name what messages call the loss
 * @throws ConvoyError CONVOY_INVALID_OPTION, CONVOY_UNKNOWN_NAME
 */
export const lossDefinitionOf = (loss: Loss, name?: string): LossDefinition => registry.get(loss, name);

/** The targets that a loss compares an output with. @throws ConvoyError CONVOY_LAYER_FAILED */
export function targetSpecOf(loss: Loss, output: Shape): TargetSpec {
  const definition = lossDefinitionOf(loss);
  const of = `the loss ${loss.type}`;
  const kind = inDefinition(of, () => definition.targets(loss.settings));
  if (!TARGET_KINDS.includes(kind)) throw wrongResult(of, 'targets', kind, `one of ${TARGET_KINDS.join(', ')}`);
  const ignoreLabel = inDefinition(of, () => definition.ignoreLabel?.(loss.settings));
  const shape = kind === 'labels' ? output.slice(1) : output;
  return ignoreLabel === undefined ? { kind, shape } : { kind, shape, ignoreLabel };
}
