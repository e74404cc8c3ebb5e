// What a loss is: a plain description and a definition, as for layers.
import type { Shape } from '@convoy/tensor';
import type { BufferLocation, Call } from './layer-context.ts';
import { Registry } from './registry.ts';

/** A loss as a plain, structured-clonable description. */
export interface Loss {
  readonly type: string;
  readonly settings: object;
  /** What it is multiplied by; missing for 1. */
  readonly weight?: number;
}

/** The loss of a model, or the losses of its outputs in their order, which are added. */
export type Losses = Loss | readonly Loss[];

export const lossesOf = (losses: Losses): readonly Loss[] =>
  Array.isArray(losses) ? (losses as readonly Loss[]) : [losses as Loss];

/**
 * What a loss compares with. `labels` are whole numbers, each the class of a sample or of a pixel; all else are numbers of the output's shape:
 * `oneHot` over the classes, `probabilities`, each of its own yes or no, or any `values`.
 */
export type TargetKind = 'labels' | 'oneHot' | 'probabilities' | 'values';

/** The targets of one sample. */
export interface TargetSpec {
  readonly kind: TargetKind;
  /** The output's; that of labels lacks its first dimension, the classes: [] for one label a sample, [height, width] for one a pixel. */
  readonly shape: Shape;
  /** A label, of no class or of one, at which nothing is compared. */
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

export interface LossContext extends ScoreContext {
  readonly outputGradient: BufferLocation;
}

/** A loss in float64, for tests. */
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

export interface LossDefinition<Settings extends object = object> {
  readonly type: string;
  targets(settings: Settings): TargetKind;
  /** Of labels. */
  ignoreLabel?(settings: Settings): number | undefined;
  /** @throws ConvoyError CONVOY_SHAPE_MISMATCH if the loss cannot take such an output. */
  checkOutput(settings: Settings, output: Shape): void;
  /** Adds Σ weight · loss of the block to the result and stores the gradient at the output. */
  compile(settings: Settings, context: LossContext): readonly Call[];
  readonly reference: ReferenceLoss<Settings>;
}

const registry = new Registry<LossDefinition>('loss');

/** Makes a loss's definition known and returns the function that describes it. */
export function defineLoss<Options, Settings extends object>(
  definition: LossDefinition<Settings> & { settings(options: Options): Settings },
): (options: Options) => Loss {
  // A definition only ever sees settings that its own `settings` made.
  registry.add(definition as unknown as LossDefinition);
  return (options) => Object.freeze({ type: definition.type, settings: Object.freeze(definition.settings(options)) });
}

/** @throws ConvoyError CONVOY_UNKNOWN_NAME */
export const lossDefinitionOf = (loss: Loss): LossDefinition => registry.get(loss);

/** What a loss compares an output with. */
export function targetSpecOf(loss: Loss, output: Shape): TargetSpec {
  const definition = lossDefinitionOf(loss);
  const kind = definition.targets(loss.settings);
  const ignoreLabel = definition.ignoreLabel?.(loss.settings);
  const shape = kind === 'labels' ? output.slice(1) : output;
  return ignoreLabel === undefined ? { kind, shape } : { kind, shape, ignoreLabel };
}
