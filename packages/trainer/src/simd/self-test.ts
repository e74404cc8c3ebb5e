// Whether two modules of a plan compute the same bits: some steps with each, on random samples and one thread, and digests of all memory are
// compared. They take turns in one memory, since what a thread has allocated stays resident for a while.
import { createHash } from 'node:crypto';
import { LANES } from '@convoy/kernels';
import {
  BlockRunner,
  gradientScale,
  hyperparametersOf,
  instantiateKernels,
  type Model,
  type Optimizer,
  type Plan,
  RandomKeys,
  Region,
  type Sharding,
  ShardRunner,
  UNIT_FLOATS,
  UpdateRunner,
} from '@convoy/layers';
import { RandomStream, sizeOf } from '@convoy/tensor';
import { layOutMemory, type MemoryLayout, PAGE_BYTES, runnerMemory } from '../shared/memory-layout.ts';
import { allocate, TrainingMemory } from '../shared/training-memory.ts';

const FLOAT_BYTES = 4;

/** A whole block, then part of one: the calls for the first block of a shard and those for later ones. */
const SHARDING: Sharding = { batchSize: 2 * LANES, shards: 1, blocksPerShard: 2 };
const SAMPLES = LANES + 5;
/** The third step starts from parameters that none has left as they were initialised, and reads the copy of the state that the first one read. */
const STEPS = 3;

export interface TestedPlan {
  readonly plan: Plan;
  readonly model: Model;
  readonly optimizer: Optimizer;
  readonly seed: number;
}

/**
 * The first step, from 1 on, after which memories differ; undefined if all bits are the same.
 * @param lent memory that is used if it is large enough; all zeros, and so it is again afterwards
 */
export function differingStep(
  tested: TestedPlan,
  strict: WebAssembly.Module,
  other: WebAssembly.Module,
  lent?: WebAssembly.Memory,
): number | undefined {
  const { plan, optimizer } = tested;
  const needs = { sharding: SHARDING, workers: 1, profile: false };
  const layout = layOutMemory(plan, needs, hyperparametersOf(optimizer, 0).length);
  const isEnough = lent !== undefined && lent.buffer.byteLength >= layout.pages * PAGE_BYTES;
  const memory = isEnough ? lent : allocate(layout.pages);
  const [expected, found] = [strict, other].map((module) => digestsOf(tested, module, layout, memory)) as [
    readonly string[],
    readonly string[],
  ];
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
  const run = new TestRun(tested, module, layout, memory);
  const numbers = new Float64Array(memory.buffer, 0, (layout.pages * PAGE_BYTES) / Float64Array.BYTES_PER_ELEMENT);
  const digests = Array.from({ length: STEPS }, (_, step) => {
    run.step(step);
    return createHash('sha256').update(numbers).digest('hex');
  });
  numbers.fill(0);
  return digests;
}

class TestRun {
  readonly #plan: Plan;
  readonly #floats: Float32Array;
  readonly #layout: MemoryLayout;
  readonly #runner: BlockRunner;
  readonly #shards: ShardRunner;
  readonly #updater: UpdateRunner;
  readonly #keys: RandomKeys;
  readonly #hyperparameters: readonly number[];
  readonly #stream = new RandomStream(0, 'self-test');

  constructor(
    { plan, model, optimizer, seed }: TestedPlan,
    module: WebAssembly.Module,
    layout: MemoryLayout,
    memory: WebAssembly.Memory,
  ) {
    this.#plan = plan;
    this.#layout = layout;
    this.#hyperparameters = hyperparametersOf(optimizer, 0);
    new TrainingMemory(plan, layout, memory).initialize(model, seed);
    this.#floats = new Float32Array(memory.buffer);
    const kernels = instantiateKernels(module, plan.exportNames, memory);
    this.#runner = new BlockRunner(plan, kernels);
    this.#keys = new RandomKeys(plan, seed, memory);
    this.#updater = new UpdateRunner(plan, kernels, this.#hyperparameters.length);
    this.#shards = new ShardRunner(plan, SHARDING, this.#runner, runnerMemory(this.#layout, 0), this.#floats, {
      read: (workspace, position, samples) => this.#read(workspace, position, samples),
      enter() {},
      meet() {},
    });
  }

  step(step: number): void {
    this.#backward(step);
    this.#update(step);
    this.#forward(step);
  }

  /** Gradients and scores of a batch. */
  #backward(step: number): void {
    this.#keys.enterStep(step);
    this.#stream.enterEpoch(step);
    this.#shards.run(this.#state(step), SAMPLES, 0, 1);
  }

  /** The next state. */
  #update(step: number): void {
    const { gradients, norms } = this.#layout;
    const { clip, parameterFloats } = this.#plan;
    if (clip) this.#updater.reduce(gradients, norms, 0, clip.chunks, 1);
    const scale = clip && gradientScale(this.#floats, norms / FLOAT_BYTES, clip);
    const [state, next] = [this.#state(step), this.#state(step + 1)];
    this.#updater.run(state, next, gradients, 0, parameterFloats / UNIT_FLOATS, 1, this.#hyperparameters, 0, scale);
  }

  /** Outputs and scores of a block, as evaluation and prediction take them. */
  #forward(step: number): void {
    const { gradients, statistics } = this.#layout;
    const [workspace] = this.#layout.workspaces as [number];
    this.#runner.enterBlock(workspace);
    this.#runner.enterShard(this.#state(step + 1), gradients, statistics);
    this.#runner.use(Region.shard, runnerMemory(this.#layout, 0).shards);
    this.#read(workspace, 0, LANES);
    this.#runner.infer();
    this.#runner.score();
    this.#runner.scatter();
  }

  #state(step: number): number {
    return this.#layout.states[(step % 2) as 0 | 1];
  }

  /** Makes a block of random samples, which are those of their position in the batch. */
  #read(workspace: number, position: number, samples: number): void {
    const { input, output, targets, inputs, targetCells, weights } = this.#plan;
    const [classes = 1] = output;
    const draw = (cells: number, count: number, number: (random: number) => number) => {
      const first = (workspace + cells) / FLOAT_BYTES;
      for (let i = 0; i < count; i++) this.#floats[first + i] = number(this.#stream.uniform(position * count + i));
    };
    draw(inputs, sizeOf(input) * LANES, (random) => 2 * random - 1);
    draw(targetCells, sizeOf(targets.shape) * LANES, (random) =>
      targets.kind === 'labels' ? Math.floor(random * classes) : random,
    );
    const firstWeight = (workspace + weights) / FLOAT_BYTES;
    for (let lane = 0; lane < LANES; lane++) this.#floats[firstWeight + lane] = lane < samples ? 1 / SAMPLES : 0;
    this.#keys.fill(workspace, position);
  }
}
