// What the shared memory of a trainer consists of, without starting a trainer.
import { checkedSettings, type TrainerOptions } from '../options.ts';
import { layOutMemory, type SharedMemoryUse } from '../shared/memory-layout.ts';
import { planOf } from '../shared/training-plan.ts';

/**
 * The shared memory of a trainer with these options, computed without starting one.
 * @throws ConvoyError as `createTrainer`
 */
export function sharedMemoryUse(options: TrainerOptions): SharedMemoryUse {
  const settings = checkedSettings('sharedMemoryUse', options);
  return layOutMemory(planOf(settings), settings).use;
}
