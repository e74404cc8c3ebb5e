// What an optimizer is: a plain description and a definition whose kernel reduces the shards' gradients and updates in one pass.
import type { Kernel } from '@convoy/kernels';
import { Registry } from './registry.ts';

/** An optimizer as a plain, structured-clonable description. */
export interface Optimizer {
  readonly type: string;
  readonly settings: object;
}

/** What the kernel of an optimizer works on. */
export interface UpdateShape {
  /** Floats of all parameters together; a multiple of 16. */
  readonly parameters: number;
  /** Floats between the gradient buffers of consecutive shards. */
  readonly shardStride: number;
}

export interface OptimizerDefinition<Settings extends object = object> {
  readonly type: string;
  /** Names of the arrays, one number a parameter each, that are kept besides the parameters. */
  readonly slots: readonly string[];
  /**
   * The kernel. Arguments: parameters, each slot, gradients of shard 0, next parameters, each next slot, then first and last (in units of 16
   * floats), shards, and the hyperparameters.
   */
  update(settings: Settings, shape: UpdateShape): Kernel;
  /** The numbers of one step, in the order in which the kernel takes them. Steps count from 0. */
  hyperparameters(settings: Settings, step: number): readonly number[];
}

const registry = new Registry<OptimizerDefinition>('optimizer');

/** Makes an optimizer's definition known and returns the function that describes it. */
export function defineOptimizer<Options, Settings extends object>(
  definition: OptimizerDefinition<Settings> & { settings(options: Options): Settings },
): (options: Options) => Optimizer {
  // A definition only ever sees settings that its own `settings` made.
  registry.add(definition as unknown as OptimizerDefinition);
  return (options) => Object.freeze({ type: definition.type, settings: Object.freeze(definition.settings(options)) });
}

/** @throws ConvoyError CONVOY_UNKNOWN_NAME */
export const optimizerDefinitionOf = (optimizer: Optimizer): OptimizerDefinition => registry.get(optimizer);
