// Compiles the update of a plan: the optimizer's rule with the clips around it, and the pass before it that a clip of the global norm needs.
import {
  chunkCount,
  clippedByValue,
  frozen,
  type Kernel,
  movingAverage,
  type ReductionShape,
  reduceGradients,
  scaled,
  tuned,
  UPDATE_UNIT,
  type UpdateRule,
  type UpdateShape,
  updateKernel,
} from '@convoy/kernels';
import { type Optimizer, type OptimizerSettings, optimizerDefinitionOf } from '../optimizer.ts';
import type { GradientClip, Plan } from '../runtime/plan.ts';
import { isTrained, type ParameterGroup, type StateLayout } from './state-layout.ts';

/** Units of 64 bytes in a chunk of norms: 4 KiB of gradients, so that chunks are many for any number of workers, and their sums short. */
const CHUNK_UNITS = 64;

/**
 * @param state its floats are also those from one shard's gradients to the next one's
 * @param add takes a kernel into the plan's module and returns its number
 */
export function compileUpdate(
  optimizer: Optimizer,
  { floats, trainedFloats, groups }: StateLayout,
  add: (kernel: Kernel) => number,
): Pick<Plan, 'slots' | 'slotStarts' | 'updates' | 'clip'> {
  const rule = optimizerDefinitionOf(optimizer).rule(optimizer.settings);
  const { clipValue, globalClipNorm } = optimizer.settings;
  const shape: UpdateShape = { parameters: floats, shardStride: floats };
  const updates = groups.map((group) => ({
    kernel: add(updateKernel(ruleOf(rule, group, optimizer.settings), shape)),
    first: group.first / UPDATE_UNIT,
    last: group.last / UPDATE_UNIT,
    isClipped: isTrained(group),
  }));
  const trained: ReductionShape = { ...shape, parameters: trainedFloats, chunkUnits: CHUNK_UNITS, clipValue };
  const clip: GradientClip | undefined =
    globalClipNorm === undefined
      ? undefined
      : {
          reduce: add(reduceGradients(trained)),
          chunkUnits: CHUNK_UNITS,
          chunks: chunkCount(trained),
          norm: globalClipNorm,
        };
  return { slots: Object.keys(rule.slots), slotStarts: Object.values(rule.slots), updates, clip };
}

/** How the optimizer's rule treats a group. All groups of a plan take the same arguments. */
function ruleOf(rule: UpdateRule, group: ParameterGroup, { clipValue, globalClipNorm }: OptimizerSettings): UpdateRule {
  if (!isTrained(group)) return untrainedRule(rule, group, globalClipNorm !== undefined);
  const { learningRateFactor, weightDecay } = group.treatment;
  const own = learningRateFactor === 1 && weightDecay ? rule : tuned(rule, learningRateFactor, weightDecay);
  // Where there is a norm to clip, the pass that sums it has clipped each number before.
  if (globalClipNorm !== undefined) return scaled(own);
  return clipValue === undefined ? own : clippedByValue(own, clipValue);
}

function untrainedRule(rule: UpdateRule, { treatment, movingAverage: momentum }: ParameterGroup, isScaled: boolean) {
  const { hyperparameters } = isScaled ? scaled(rule) : rule;
  const own = treatment.frozen || momentum === undefined ? frozen(rule) : movingAverage(rule, momentum);
  return { ...own, hyperparameters };
}
