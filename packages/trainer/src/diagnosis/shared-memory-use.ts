// What a trainer's shared memory is made of, without starting one.
import { hyperparametersOf } from '@convoy/layers';
import { planOf } from '../loop/training-plan.ts';
import { checkedSettings, type TrainerOptions } from '../options.ts';
import { layOutMemory, PAGE_BYTES } from '../shared/memory-layout.ts';

/** Bytes of the memory that main thread and workers share, by what they are for. Data sets are not in it. */
export interface SharedMemoryUse {
  /** Control words, statistics of the run, learning rates to come. */
  readonly control: number;
  /** Two copies of parameters, running statistics and what the optimizer keeps. */
  readonly state: number;
  /** Gradients and statistics of each shard. */
  readonly gradients: number;
  /** What blocks tell each other within a step. */
  readonly exchange: number;
  /** Where blocks are computed, for each worker. */
  readonly workspaces: number;
  readonly total: number;
}

/** What `createTrainer` would take with these options. @throws ConvoyError as `createTrainer` */
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
