// Finds out where numbers stopped being finite, once a step has been refused for its loss.
import { LANES } from '@convoy/kernels';
import {
  activeShards,
  BlockRunner,
  instantiateKernels,
  type Model,
  type Plan,
  type PlanCall,
  RandomKeys,
  Region,
  type Sharding,
  ShardRunner,
} from '@convoy/layers';
import { ConvoyError, sizeOf } from '@convoy/tensor';
import { runnerMemory } from '../shared/memory-layout.ts';
import type { Order } from '../shared/order.ts';
import type { WorkerData } from '../shared/segment.ts';
import type { TrainingMemory } from '../shared/training-memory.ts';
import { SampleReader } from '../worker/sample-reader.ts';

const FLOAT_BYTES = 4;

/** A step whose loss is not finite. */
export interface RefusedStep {
  readonly model: Model;
  readonly plan: Plan;
  readonly sharding: Sharding;
  readonly seed: number;
  readonly module: WebAssembly.Module;
  readonly memory: TrainingMemory;
  readonly data: WorkerData;
  /** The positions of its samples in the order of the epoch. */
  readonly first: number;
  readonly samples: number;
  readonly order: Order;
}

/** The error for it, with the layer that first brought up a number that is not finite. Uses the first worker's workspace: none may be running. */
export function notFinite(refused: RefusedStep): ConvoyError {
  const { memory } = refused;
  const where = brokenParameters(memory) ?? brokenLayer(refused) ?? 'in the loss itself';
  return new ConvoyError('CONVOY_NOT_FINITE', {
    given: `a loss that is NaN or infinite in the step after step ${memory.step}: ${where}`,
    expected: 'a finite loss',
    fix: 'Take a smaller learning rate, clip the gradients (globalClipNorm), or look at the data. The parameters are those before that step; stopOnNonFinite: false goes on regardless.',
  });
}

function brokenParameters(memory: TrainingMemory): string | undefined {
  for (const [name, { data }] of memory.parameters())
    if (!data.every(Number.isFinite)) return `'${name}' is not finite`;
  return undefined;
}

/** Computes the step again, shard by shard, with a look at what each layer makes. */
function brokenLayer(refused: RefusedStep): string | undefined {
  const { model, plan, sharding, module, memory, data, first, samples, order } = refused;
  const floats = new Float32Array(memory.memory.buffer);
  const outputs = new Map(model.layers.map(({ name, output }) => [name, sizeOf(output) * LANES]));
  const forward = new Set(
    plan.training.flatMap(({ stages }) => stages.flatMap(({ part, first }) => (part === 'forward' ? first : []))),
  );
  let found: string | undefined;
  const visit = (call: PlanCall, bases: Int32Array) => {
    const place = call.arguments.at(-1);
    if (found || !forward.has(call) || !place) return;
    if (place.region !== Region.workspace && place.region !== Region.transient) return;
    const at = ((bases[place.region] as number) + place.offset) / FLOAT_BYTES;
    if (!floats.subarray(at, at + (outputs.get(call.layer) ?? 0)).every(Number.isFinite)) found = call.layer;
  };
  const reader = new SampleReader(data, plan, memory.memory);
  const keys = new RandomKeys(plan, refused.seed, memory.memory);
  keys.enterStep(memory.step);
  const runner = new BlockRunner(plan, instantiateKernels(module, plan.exportNames, memory.memory), { visit });
  const shards = new ShardRunner(plan, sharding, runner, runnerMemory(memory.layout, 0), floats, {
    isAlone: true,
    read(block, position, count) {
      reader.readBlock(block, order, first + position, count, 1 / samples);
      keys.fill(block, position);
    },
    enter() {},
    meet() {},
  });
  for (let shard = 0; shard < activeShards(sharding, samples) && !found; shard++) {
    shards.run(memory.stateAddress, samples, shard, shard + 1);
  }
  return found && `the output of '${found}' is not finite`;
}
