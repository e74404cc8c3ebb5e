// Finds the layer whose output is not finite, after a step was refused for its loss.
import type { Model } from '@convoy/layers';
import { type PlanCall, Region } from '@convoy/layers/compile';
import { activeShards, Engine, LANES, type Order, type Plan, type Sharding } from '@convoy/layers/runtime';
import { ConvoyError, sizeOf } from '@convoy/tensor';
import { CONTROL_WORDS } from '../shared/control.ts';
import type { WorkerData } from '../shared/segment.ts';
import type { TrainingMemory } from '../shared/training-memory.ts';
import { workerSourceOf } from '../worker/sample-sources.ts';

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
  /** For samples in a ring: the sequence number of position 0 of the order. */
  readonly sequence: number;
  /** The positions of its samples in the order of the epoch. */
  readonly first: number;
  readonly samples: number;
  readonly epoch: number;
  readonly order: Order;
}

/** The error, with the layer that first produced a number that is not finite. Uses the first worker's workspace, so no worker may be running. */
export async function notFinite(refused: RefusedStep): Promise<ConvoyError> {
  const { memory } = refused;
  const where = brokenParameters(memory) ?? (await brokenLayer(refused)) ?? 'in the loss itself';
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

/** Computes the step again, shard by shard, and looks at the output of each layer. */
async function brokenLayer(refused: RefusedStep): Promise<string | undefined> {
  const { model, plan, sharding, seed, module, memory, data, first, samples, order } = refused;
  const { memory: shared, layout } = memory;
  const floats = new Float32Array(shared.buffer);
  const outputs = new Map(model.layers.map(({ name, output }) => [name, sizeOf(output) * LANES]));
  const forward = new Set(
    plan.training.flatMap(({ stages }) => stages.flatMap(({ pass, calls }) => (pass === 'forward' ? calls : []))),
  );
  let found: string | undefined;
  const visit = (call: PlanCall, bases: Int32Array) => {
    const y = call.operands.at(-1);
    if (found || !forward.has(call) || !y) return;
    if (y.region !== Region.workspace && y.region !== Region.transient) return;
    const at = ((bases[y.region] as number) + y.offset) / FLOAT_BYTES;
    if (!floats.subarray(at, at + (outputs.get(call.layer) ?? 0)).every(Number.isFinite)) found = call.layer;
  };
  const engine = new Engine({ plan, sharding, module, memory: shared, layout, seed }, { visit, isAlone: true });
  // The samples of a refused step are still in the ring, so nothing waits.
  const words = new Int32Array(shared.buffer, layout.control, CONTROL_WORDS);
  const { source, ring } = await workerSourceOf(data, { plan, memory: shared, words, seed, isWaiting: () => {} });
  ring?.enter(refused.sequence);
  source.enterEpoch(refused.epoch);
  source.enterBatch(first / sharding.batchSize, first, samples);
  const batch = { source, order, first, samples };
  engine.enterStep(memory.step);
  for (let shard = 0; shard < activeShards(sharding, samples) && !found; shard++) {
    engine.computeShards(batch, shard, shard + 1);
  }
  return found && `the output of '${found}' is not finite`;
}
