// Engines over one memory, all on the thread of the test, which takes the place of a trainer: it decides which engine computes which shard.
import { type Losses, type Metric, type Model, type Optimizer, parametersOf } from '@convoy/layers';
import {
  compileGather,
  compilePlan,
  hyperparametersOf,
  initialValues,
  plainSamples,
  shardBatch,
  TrainingState,
} from '@convoy/layers/compile';
import {
  activeShards,
  type Batch,
  Engine,
  type EngineHooks,
  type EngineLabel,
  instantiateGather,
  layOutEngines,
  MemoryPlanner,
  type Plan,
  SampleSource,
} from '@convoy/layers/runtime';
import { sizeOf, type Tensor } from '@convoy/tensor';
import { createSharedMemory } from '@convoy/tensor/memory';
import type { Backend } from '../src/runtime/backend.ts';

/** Bytes from address 0 on that belong to no engine, as the control words of a trainer do. */
export const CONTROL_BYTES = 4096;

export interface EngineGroupOptions {
  readonly model: Model;
  readonly loss: Losses;
  readonly optimizer: Optimizer;
  readonly metrics?: readonly Metric[];
  readonly batchSize: number;
  readonly maxShards?: number;
  readonly assisted?: boolean;
  readonly separateReduction?: boolean;
  /** How many engines; default 1. */
  readonly engines?: number;
  /** Lines of scores; default: one per shard. */
  readonly scoreLines?: number;
  readonly seed?: number;
  readonly hooks?: EngineHooks;
  /** Default WebAssembly. */
  readonly backend?: Backend;
  /** Changes the plan before engines are made for it. */
  readonly change?: (plan: Plan) => Plan;
}

/** Engines of ranks 0, 1, … that share a memory, with the training state that they change. */
export class EngineGroup {
  readonly plan: Plan;
  readonly sharding: ReturnType<typeof shardBatch>;
  readonly layout: ReturnType<typeof layOutEngines>;
  readonly memory: WebAssembly.Memory;
  readonly floats: Float32Array;
  readonly engines: readonly Engine[];
  readonly state: TrainingState;
  readonly #optimizer: Optimizer;
  readonly #gather: ReturnType<typeof instantiateGather>;
  step = 0;

  constructor(options: EngineGroupOptions) {
    const { model, optimizer, engines = 1, seed = 3, hooks, backend, change = (plan) => plan } = options;
    const plan = change(compilePlan(model, options));
    const sharding = shardBatch(options.batchSize, options.maxShards);
    const gather = compileGather(model.input, plainSamples(model.input));
    const planner = new MemoryPlanner<EngineLabel>(Math.max(CONTROL_BYTES, plan.guardBytes, gather.guardBytes));
    const layout = layOutEngines(plan, sharding, engines, planner.reserve, options.scoreLines);
    const memory = createSharedMemory({
      what: 'a test',
      bytes: planner.end,
      details: 'for its engines',
      fix: 'Free memory.',
    });
    const module = new WebAssembly.Module(plan.module);
    this.plan = plan;
    this.sharding = sharding;
    this.layout = layout;
    this.memory = memory;
    this.floats = new Float32Array(memory.buffer);
    this.engines = layout.engines.map(
      (_, rank) =>
        new Engine({ plan, sharding, module, memory, layout, rank, seed, ...(backend && { backend }) }, hooks),
    );
    this.state = new TrainingState(plan, memory.buffer, layout.states, () => this.step);
    this.#optimizer = optimizer;
    this.#gather = instantiateGather(gather, memory);
    for (const spec of parametersOf(model)) {
      this.state.view(spec.name).data.set(initialValues(spec.initializer, spec, seed));
    }
    this.state.startSlots();
  }

  engine(rank = 0): Engine {
    return this.engines[rank] as Engine;
  }

  /** A batch of all these samples, in their order. */
  batchOf(inputs: Tensor, targets: Tensor | readonly number[]): Batch {
    const { input, targets: spec } = this.plan;
    const arrays = {
      inputs: inputs.data,
      sampleShape: input,
      targets: 'data' in targets ? targets.data : targets,
      targetShape: spec.shape,
    };
    const source = new SampleSource(arrays, this.#gather, this.plan, this.memory);
    return { source, order: { at: (position) => position }, first: 0, samples: inputs.size / sizeOf(input) };
  }

  /** The shards that a batch fills. */
  shardsOf({ samples }: Batch): number {
    return activeShards(this.sharding, samples);
  }

  /** All engines enter the current step. */
  enterStep(): void {
    for (const engine of this.engines) engine.enterStep(this.step);
  }

  /**
   * Reduces and updates with slices for a team of `team` engines; engine i takes slices i, i + the number of engines, …
   * @param reducedShards leaves out the shards from this one on, for tests of what that does
   */
  finishStep(shards: number, team = this.engines.length, reducedShards = shards): void {
    const numbers = hyperparametersOf(this.#optimizer, this.step);
    const ranks = Array.from({ length: team }, (_, rank) => rank).toReversed();
    for (const rank of ranks) this.#of(rank).reduce(rank, team, reducedShards);
    for (const rank of ranks) this.#of(rank).update(rank, team, shards, numbers);
    this.step++;
  }

  /** The gradients of a batch, without the rest of the step: engine i computes shards i, i + the number of engines, … */
  computeGradients(batch: Batch): void {
    this.enterStep();
    for (const [rank, engine] of this.engines.entries()) {
      engine.computeShards(batch, rank, this.shardsOf(batch), this.engines.length);
    }
  }

  /** Takes a step. @returns the sums of the scores */
  train(batch: Batch, team?: number): Float64Array {
    const shards = this.shardsOf(batch);
    this.computeGradients(batch);
    this.finishStep(shards, team);
    return this.engine().stepScores(shards).slice();
  }

  /** The copy of the training state that is current after so many steps. */
  stateAfter(step: number): Float32Array {
    const start = this.layout.states[(step & 1) as 0 | 1] / 4;
    return this.floats.subarray(start, start + this.plan.stateBytes / 4);
  }

  /** The bits of the current copy of the training state. */
  stateBits(): Int32Array {
    return bitsOf(this.stateAfter(this.step));
  }

  /** The bits of the gradient buffers of the first shards. */
  gradientBits(shards: number): Int32Array {
    const start = this.layout.gradients / 4;
    return bitsOf(this.floats.subarray(start, start + (shards * this.plan.gradientBytes) / 4));
  }

  /** The lines of scores from line `first` on. */
  scoreLines(first: number, lines: number): number[][] {
    const { scores, scoreBytes } = this.plan;
    return Array.from({ length: lines }, (_, i) => {
      const start = (this.layout.scores + (first + i) * scoreBytes) / 4;
      return [...this.floats.subarray(start, start + scores.length)];
    });
  }

  #of(rank: number): Engine {
    return this.engine(rank % this.engines.length);
  }
}

/** A copy of the bits of some floats: equal floats may differ in their bits, and NaN equals nothing. */
export const bitsOf = ({ buffer, byteOffset, length }: Float32Array): Int32Array =>
  new Int32Array(buffer, byteOffset, length).slice();
