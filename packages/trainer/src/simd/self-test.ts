// Whether two modules of a plan compute the same bits: each takes some steps on random samples on one thread, and the digests of all memory are
// compared. They take turns in one memory, because what a thread has allocated stays resident for a while.
import { createHash } from 'node:crypto';
import type { Model, Optimizer } from '@convoy/layers';
import { compileGather, hyperparametersOf, plainSamples } from '@convoy/layers/compile';
import {
  type Batch,
  Engine,
  instantiateGather,
  LANES,
  type Plan,
  SampleSource,
  type Sharding,
} from '@convoy/layers/runtime';
import { RandomStream, sizeOf } from '@convoy/tensor';
import { PAGE_BYTES } from '@convoy/tensor/memory';
import { layOutMemory, type MemoryLayout } from '../shared/memory-layout.ts';
import { AS_STORED } from '../shared/order.ts';
import { allocate, TrainingMemory } from '../shared/training-memory.ts';

/** Two blocks: the calls for the first block of a shard and those for later blocks. */
const SHARDING: Sharding = { batchSize: 2 * LANES, shards: 1, blocksPerShard: 2 };
/** The third step starts from parameters that no initializer has made, and reads the copy of the state that the first step read. */
const STEPS = 3;

/** The first step has lanes without a sample, whose zeros hide wrong arithmetic; the other steps fill all lanes. */
const samplesOf = (step: number): number => (step === 0 ? LANES + 5 : 2 * LANES);

export interface TestedPlan {
  readonly plan: Plan;
  readonly model: Model;
  readonly optimizer: Optimizer;
  readonly seed: number;
}

/**
 * The first step, from 1 on, after which the memories differ; undefined if all bits are the same.
 * @param lent memory that is used if it is large enough; it must be all zeros, and is so again afterwards
 */
export function differingStep(
  tested: TestedPlan,
  strict: WebAssembly.Module,
  other: WebAssembly.Module,
  lent?: WebAssembly.Memory,
): number | undefined {
  const layout = layOutMemory(tested.plan, { sharding: SHARDING, workers: 1, profile: false });
  const isEnough = lent !== undefined && lent.buffer.byteLength >= layout.pages * PAGE_BYTES;
  const memory = isEnough ? lent : allocate(layout.pages);
  const expected = digestsOf(tested, strict, layout, memory);
  const found = digestsOf(tested, other, layout, memory);
  const differing = expected.findIndex((digest, step) => digest !== found[step]);
  return differing < 0 ? undefined : differing + 1;
}

/** Of the memory after each step. */
function digestsOf(
  tested: TestedPlan,
  module: WebAssembly.Module,
  layout: MemoryLayout,
  memory: WebAssembly.Memory,
): readonly string[] {
  const { plan, model, optimizer, seed } = tested;
  new TrainingMemory(plan, layout, memory).initialize(model, seed);
  const engine = new Engine({ plan, sharding: SHARDING, module, memory, layout, seed });
  const outputs = new Float32Array(LANES * sizeOf(plan.output));
  const numbers = new Float64Array(memory.buffer, 0, (layout.pages * PAGE_BYTES) / Float64Array.BYTES_PER_ELEMENT);
  const digests = Array.from({ length: STEPS }, (_, step) => {
    const batch = randomBatch(plan, memory, step);
    engine.enterStep(step);
    engine.computeShards(batch, 0, 1);
    engine.reduce(0, 1, 1);
    engine.update(0, 1, 1, hyperparametersOf(optimizer, 0));
    // Evaluation and prediction read the copy that was just written.
    engine.enterStep(step + 1);
    engine.scoreShard(batch, 0, 0, 0);
    engine.predictBlock(batch, 0, outputs, 0);
    return createHash('sha256').update(numbers).update(outputs).digest('hex');
  });
  numbers.fill(0);
  return digests;
}

/** Samples and targets that depend on the step alone. */
function randomBatch(plan: Plan, memory: WebAssembly.Memory, step: number): Batch {
  const { input, output, targets } = plan;
  const samples = samplesOf(step);
  const stream = new RandomStream(0, 'self-test');
  stream.enterEpoch(step);
  const [classes = 1] = output;
  const draw = (count: number, number: (random: number) => number) =>
    Float32Array.from({ length: count }, (_, i) => number(stream.uniform(i)));
  const arrays = {
    inputs: draw(samples * sizeOf(input), (random) => 2 * random - 1),
    sampleShape: input,
    targets: draw(samples * sizeOf(targets.shape), (random) =>
      targets.kind === 'labels' ? Math.floor(random * classes) : random,
    ),
    targetShape: targets.shape,
  };
  const gather = instantiateGather(compileGather(input, plainSamples(input)), memory);
  return { source: new SampleSource(arrays, gather, plan, memory), order: AS_STORED, first: 0, samples };
}
