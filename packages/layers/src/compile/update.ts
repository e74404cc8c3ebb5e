// Compiles the update of a plan, the optimizer's rule with the clips around it, and the reduction before it where there is one.
import {
  chunkCount,
  clippedByValue,
  frozen,
  type Kernel,
  movingAverage,
  type ReductionShape,
  reduceGradients,
  reduceShards,
  scaled,
  tuned,
  UPDATE_UNIT,
  type UpdateRule,
  type UpdateShape,
  updateKernel,
} from '@convoy/kernels';
import { type Optimizer, type OptimizerSettings, optimizerDefinitionOf } from '../optimizer.ts';
import type { Plan, PlanReduction } from '../runtime/plan.ts';
import { isTrained, type ParameterGroup, type StateLayout } from './state-layout.ts';

/** Units of 64 bytes in a chunk of norms: 4 KiB of gradients, so that there are many chunks for any number of workers, with short sums. */
const CHUNK_UNITS = 64;

/**
 * @param state its floats are also the distance between the gradient buffers of two shards
 * @param isReductionSeparate whether the shards are summed in a stage before the update; a clip of the norm needs that stage in any case
 * @param add adds a kernel to the plan's module and returns its number
 */
export function compileUpdate(
  optimizer: Optimizer,
  state: StateLayout,
  isReductionSeparate: boolean,
  add: (kernel: Kernel) => number,
): Pick<Plan, 'slots' | 'slotStarts' | 'hyperparameters' | 'updates' | 'reduction'> {
  const rule = optimizerDefinitionOf(optimizer).rule(optimizer.settings);
  const { globalClipNorm } = optimizer.settings;
  const shape: UpdateShape = { parameters: state.floats, shardStride: state.floats };
  const updates = state.groups.map((group) => ({
    kernel: add(updateKernel(ruleOf(rule, group, optimizer.settings), shape)),
    first: group.first / UPDATE_UNIT,
    last: group.last / UPDATE_UNIT,
  }));
  return {
    slots: Object.keys(rule.slots),
    slotStarts: Object.values(rule.slots),
    hyperparameters: rule.hyperparameters.length,
    updates,
    reduction:
      isReductionSeparate || globalClipNorm !== undefined ? compileReduction(optimizer, state, shape, add) : undefined,
  };
}

/** A clip sums the trained parameters itself; all others, and without a clip all parameters, are summed as they are. */
function compileReduction(
  { settings: { clipValue, globalClipNorm } }: Optimizer,
  { floats, trainedFloats }: StateLayout,
  shape: UpdateShape,
  add: (kernel: Kernel) => number,
): PlanReduction {
  const kernel = add(reduceShards(shape));
  const last = floats / UPDATE_UNIT;
  if (globalClipNorm === undefined) return { kernel, first: 0, last, clip: undefined };
  const trained: ReductionShape = { ...shape, parameters: trainedFloats, chunkUnits: CHUNK_UNITS, clipValue };
  return {
    kernel,
    first: trainedFloats / UPDATE_UNIT,
    last,
    clip: {
      kernel: add(reduceGradients(trained)),
      chunkUnits: CHUNK_UNITS,
      chunks: chunkCount(trained),
      maxNorm: globalClipNorm,
    },
  };
}

/** The optimizer's rule for a group. The kernels of all groups of a plan take the same operands. */
function ruleOf(rule: UpdateRule, group: ParameterGroup, { clipValue, globalClipNorm }: OptimizerSettings): UpdateRule {
  if (!isTrained(group)) return untrainedRule(rule, group, globalClipNorm !== undefined);
  const { learningRateFactor, weightDecay } = group.treatment;
  const own = learningRateFactor === 1 && weightDecay ? rule : tuned(rule, learningRateFactor, weightDecay);
  // Where a norm is clipped, the reduction has clipped each number before.
  if (globalClipNorm !== undefined) return scaled(own);
  return clipValue === undefined ? own : clippedByValue(own, clipValue);
}

function untrainedRule(rule: UpdateRule, { treatment, movingAverage: momentum }: ParameterGroup, isScaled: boolean) {
  const { hyperparameters } = isScaled ? scaled(rule) : rule;
  const own = treatment.frozen || momentum === undefined ? frozen(rule) : movingAverage(rule, momentum);
  return { ...own, hyperparameters };
}
