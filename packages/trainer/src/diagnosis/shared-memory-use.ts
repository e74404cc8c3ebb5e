// What the shared memory of a trainer consists of, computed without starting one.
import { hyperparametersOf } from '@convoy/layers';
import { checkedSettings, type TrainerOptions } from '../options.ts';
import { layOutMemory, PAGE_BYTES } from '../shared/memory-layout.ts';
import { planOf } from '../shared/training-plan.ts';

/** Bytes of the memory that the main thread and the workers share, by purpose. Data sets are not part of it. */
export interface SharedMemoryUse {
  /** Control words, sums of scores, hyperparameters of the next steps. */
  readonly control: number;
  /** Two copies of the training state: parameters, running statistics and optimizer slots. */
  readonly state: number;
  /** Gradients and scores of each shard. */
  readonly gradients: number;
  /** Partial results that blocks exchange within a step. */
  readonly exchange: number;
  /** The workspaces of all workers. */
  readonly workspaces: number;
  readonly total: number;
}

/**
 * The shared memory of a trainer with these options.
 * @throws ConvoyError as `createTrainer`
 */
export function sharedMemoryUse(options: TrainerOptions): SharedMemoryUse {
  const settings = checkedSettings(options);
  const layout = layOutMemory(
    planOf(settings),
    settings,
    hyperparametersOf(settings.configuration.optimizer, 0).length,
  );
  const total = layout.pages * PAGE_BYTES;
  const [state] = layout.states;
  const [workspaces = total] = layout.shardMemories;
  return {
    control: state,
    state: layout.gradients - state,
    gradients: layout.partials - layout.gradients,
    exchange: workspaces - layout.partials,
    workspaces: total - workspaces,
    total,
  };
}
