// Compiles the update of a plan: the optimizer's rule with the clips around it, and the pass before it that a clip of the global norm needs.
import {
  chunkCount,
  clippedByValue,
  type Kernel,
  type ReductionShape,
  reduceGradients,
  scaled,
  updateKernel,
} from '@convoy/kernels';
import { type Optimizer, optimizerDefinitionOf } from '../optimizer.ts';
import type { GradientClip, Plan } from './plan.ts';

/** Units of 64 bytes in a chunk of norms: 4 KiB of gradients, so that chunks are many for any number of workers, and their sums short. */
const CHUNK_UNITS = 64;

/**
 * @param parameters floats of all parameters, and from one shard's gradients to the next one's
 * @param add takes a kernel into the plan's module and returns its number
 */
export function compileUpdate(
  optimizer: Optimizer,
  parameters: number,
  add: (kernel: Kernel) => number,
): Pick<Plan, 'slots' | 'slotStarts' | 'update' | 'clip'> {
  const rule = optimizerDefinitionOf(optimizer).rule(optimizer.settings);
  const { clipValue, globalClipNorm } = optimizer.settings;
  const shape: ReductionShape = { parameters, shardStride: parameters, chunkUnits: CHUNK_UNITS, clipValue };
  const clippedRule = clipValue === undefined ? rule : clippedByValue(rule, clipValue);
  // Where there is a norm to clip, the pass that sums it has clipped each number before.
  const update = updateKernel(globalClipNorm === undefined ? clippedRule : scaled(rule), shape);
  const clip: GradientClip | undefined =
    globalClipNorm === undefined
      ? undefined
      : {
          reduce: add(reduceGradients(shape)),
          chunkUnits: CHUNK_UNITS,
          chunks: chunkCount(shape),
          norm: globalClipNorm,
        };
  return { slots: Object.keys(rule.slots), slotStarts: Object.values(rule.slots), update: add(update), clip };
}
