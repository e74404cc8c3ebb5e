// What a trainer's shared memory is made of, without starting a trainer.
import { planOf } from '../loop/training-plan.ts';
import { checkedSettings, type TrainerOptions } from '../options.ts';
import { layOutMemory, type SharedMemoryUse } from '../shared/memory-layout.ts';

/** The memory that `createTrainer` would allocate with these options. @throws ConvoyError as `createTrainer` */
export function sharedMemoryUse(options: TrainerOptions): SharedMemoryUse {
  const settings = checkedSettings(options);
  return layOutMemory(planOf(settings), settings).use;
}
