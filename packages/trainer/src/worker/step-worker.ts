// A worker's part of a segment. Everything it needs lies in shared memory; nothing is allocated or posted during a step.
import { activeShards, BlockRunner, instantiateKernels, LANES, RandomKeys, ShardRunner } from '@convoy/layers/runtime';
import { sizeOf } from '@convoy/tensor/shape';
import { Barrier, leaveIfAbandoned } from '../shared/barrier.ts';
import { Control } from '../shared/control.ts';
import { runnerMemory } from '../shared/memory-layout.ts';
import { AS_STORED, type Order, orderOf } from '../shared/order.ts';
import type { Segment, WorkerData, WorkerSetup } from '../shared/segment.ts';
import { teamSize } from '../shared/team.ts';
import { timesOf } from '../shared/times.ts';
import { Activity, WorkerStatus } from '../shared/worker-status.ts';
import { SampleReader } from './sample-reader.ts';
import { SharedBackward } from './shared-backward.ts';
import { StepCommit } from './step-commit.ts';
import { StepUpdate } from './step-update.ts';

const FLOAT_BYTES = 4;

type TrainSegment = Extract<Segment, { kind: 'train' }>;
type EvaluateSegment = Extract<Segment, { kind: 'evaluate' }>;
type PredictSegment = Extract<Segment, { kind: 'predict' }>;

const ACTIVITY_OF = { forward: Activity.forward, score: Activity.loss, backward: Activity.backward } as const;

/** The batch that is being computed. */
interface Batch {
  first: number;
  samples: number;
  shards: number;
}

export class StepWorker {
  readonly #setup: WorkerSetup;
  readonly #words: Int32Array;
  readonly #floats: Float32Array;
  readonly #runner: BlockRunner;
  readonly #shards: ShardRunner;
  readonly #sharedBackward: SharedBackward | undefined;
  readonly #keys: RandomKeys;
  readonly #stepUpdate: StepUpdate;
  readonly #commit: StepCommit;
  readonly #status: WorkerStatus;
  readonly #readers = new Map<number, SampleReader>();
  readonly #batch: Batch = { first: 0, samples: 0, shards: 0 };
  /** The workers that take part in the running segment are those with the first ranks. */
  #team = 1;
  /** Those of the team that compute shards; where the plan is assisted, the ones behind them assist one each. */
  #leaders = 1;
  #barrier: Barrier;
  /** Its data. */
  #reader: SampleReader | undefined;
  /** The addresses of the current copy of the state, and of the next one. */
  #state = 0;
  #nextState = 0;
  /** Where each sample of the epoch's order is found in the data set. */
  #order: Order = AS_STORED;

  constructor(setup: WorkerSetup) {
    const { plan, layout, memory, rank } = setup;
    const { buffer } = memory;
    this.#setup = setup;
    this.#words = new Int32Array(buffer, layout.control);
    this.#floats = new Float32Array(buffer);
    const times = setup.profile ? timesOf(buffer, layout, rank, plan.exportNames.length) : undefined;
    this.#status = new WorkerStatus(buffer, layout.statuses, rank, times?.activities);
    const kernels = instantiateKernels(setup.module, plan.exportNames, memory);
    this.#runner = new BlockRunner(plan, kernels, { running: this.#status.kernelSlot(), times: times?.kernels });
    const mayLook = layout.workers <= setup.cores;
    const shared = plan.isAssisted
      ? new SharedBackward(plan, this.#runner, this.#status, layout.asides, buffer, this.#words, mayLook)
      : undefined;
    this.#sharedBackward = shared;
    this.#shards = new ShardRunner(plan, setup.sharding, this.#runner, runnerMemory(layout, rank), this.#floats, {
      read: (workspace, position, samples) => this.#readForTraining(workspace, position, samples),
      enter: (part) => this.#status.enter(ACTIVITY_OF[part]),
      meet: () => this.#arrive(),
      ...(shared && { backward: (shard: number) => shared.lead(shard) }),
    });
    this.#keys = new RandomKeys(plan, setup.seed, memory);
    this.#stepUpdate = new StepUpdate(setup, kernels);
    this.#commit = new StepCommit(setup);
    this.#barrier = new Barrier(this.#words, this.#team, setup.cores);
  }

  addData(data: WorkerData): void {
    const { plan, memory } = this.#setup;
    this.#readers.set(data.id, new SampleReader(data, plan, memory));
  }

  removeData(id: number): void {
    this.#readers.delete(id);
  }

  get rank(): number {
    return this.#setup.rank;
  }

  /** @throws SegmentAbandoned */
  run(segment: Segment): void {
    switch (segment.kind) {
      case 'train':
        this.#train(segment);
        break;
      case 'evaluate':
        this.#evaluate(segment);
        break;
      case 'predict':
        this.#predict(segment);
        break;
    }
    this.#status.enter(Activity.idle);
  }

  #train({ data, epoch, shuffle, first, count }: TrainSegment): void {
    const { seed, hyperparameters } = this.#setup;
    const { length } = this.#enterData(data);
    if (!this.#takesPart(first, length)) return;
    this.#order = orderOf(length, shuffle, seed, epoch);
    for (let step = 0; step < count; step++) {
      this.#enterBatch(first + step, length);
      this.#enterStep();
      this.#trainShards();
      this.#arrive();
      if (this.#setup.rank < this.#leaders) this.#sharedBackward?.clear(this.#setup.rank);
      this.#update(step * hyperparameters);
      this.#arrive(this.#commitStep);
      if (Atomics.load(this.#words, Control.ended) !== 0) return;
    }
  }

  #evaluate({ data, first, count, weights }: EvaluateSegment): void {
    const { length } = this.#enterData(data);
    const { plan, sharding } = this.#setup;
    const end = count * sharding.shards;
    this.#order = AS_STORED;
    this.#enterStep();
    for (let line = this.#claim(); line < end; line = this.#claim()) {
      if (Atomics.load(this.#words, Control.stop) !== 0) return;
      const shard = line % sharding.shards;
      this.#enterBatch(first + (line - shard) / sharding.shards, length);
      if (shard < this.#batch.shards) this.#scoreShard(shard, line, weights * plan.gradientBytes);
    }
  }

  #predict({ data, outputs, weights }: PredictSegment): void {
    const { length } = this.#enterData(data);
    const { plan } = this.#setup;
    const size = sizeOf(plan.output);
    const rows = (this.#workspace + plan.outputRows) / FLOAT_BYTES;
    this.#order = AS_STORED;
    this.#enterStep();
    this.#runner.enterBlock(this.#workspace);
    this.#runner.enterShard(this.#state + weights * plan.gradientBytes, 0, 0);
    for (;;) {
      const first = this.#claim() * LANES;
      if (first >= length || Atomics.load(this.#words, Control.stop) !== 0) return;
      const samples = Math.min(LANES, length - first);
      this.#readBlock(this.#workspace, first, samples, 0);
      this.#status.enter(Activity.forward);
      this.#runner.infer();
      this.#runner.scatter();
      outputs.set(this.#floats.subarray(rows, rows + samples * size), first * size);
    }
  }

  #enterData(data: number): SampleReader['dataset'] {
    this.#reader = this.#readers.get(data) as SampleReader;
    return this.#reader.dataset;
  }

  /**
   * Whether this worker is of the team of a training segment. All agree on it, since all know the same.
   * @param first the first batch: no later one has more shards
   */
  #takesPart(first: number, length: number): boolean {
    const { rank, plan, layout, cores } = this.#setup;
    this.#enterBatch(first, length);
    this.#leaders = this.#batch.shards;
    this.#team = teamSize(layout.workers, this.#leaders, plan.parameterFloats, plan.isAssisted);
    this.#barrier = new Barrier(this.#words, this.#team, cores);
    return rank < this.#team;
  }

  #enterBatch(number: number, length: number): void {
    const { sharding } = this.#setup;
    const batch = this.#batch;
    batch.first = number * sharding.batchSize;
    batch.samples = Math.min(sharding.batchSize, length - batch.first);
    batch.shards = activeShards(sharding, batch.samples);
  }

  #enterStep(): void {
    const { states } = this.#setup.layout;
    const step = Atomics.load(this.#words, Control.step);
    this.#state = states[(step & 1) as 0 | 1];
    this.#nextState = states[((step + 1) & 1) as 0 | 1];
    this.#keys.enterStep(step);
  }

  /** The next shard, or block, that nobody has claimed. Who computes a shard does not matter: it has its own gradients and statistics. */
  #claim(): number {
    leaveIfAbandoned(this.#words);
    return Atomics.add(this.#words, Control.next, 1);
  }

  #trainShards(): void {
    const { samples, shards } = this.#batch;
    const state = this.#state;
    if (this.#sharedBackward) {
      this.#trainAssisted(this.#sharedBackward);
      return;
    }
    // Where all shards of the batch go through the same phases at the same time, each worker keeps its own. One alone need not claim any.
    if (this.#shards.exchangesBatch || this.#team === 1) {
      this.#shards.run(state, samples, this.#setup.rank, shards, this.#team);
      return;
    }
    for (let shard = this.#claim(); shard < shards; shard = this.#claim()) {
      this.#shards.run(state, samples, shard, shard + 1);
    }
  }

  /** One worker a shard, and one to assist it. */
  #trainAssisted(backward: SharedBackward): void {
    const { rank, plan, layout } = this.#setup;
    const { samples, shards } = this.#batch;
    if (rank < shards) this.#shards.run(this.#state, samples, rank, rank + 1);
    const shard = rank - this.#leaders;
    if (shard < 0 || shard >= shards) return;
    this.#status.enter(Activity.backward);
    this.#runner.enterBlock(layout.workspaces[shard] as number);
    this.#runner.enterShard(
      this.#state,
      layout.gradients + shard * plan.gradientBytes,
      layout.statistics + shard * plan.statisticsBytes,
    );
    backward.assist(shard);
  }

  #readForTraining(workspace: number, position: number, samples: number): void {
    this.#readBlock(workspace, this.#batch.first + position, samples, 1 / this.#batch.samples);
    this.#keys.fill(workspace, position);
  }

  /**
   * @param line where its statistics go
   * @param weights bytes behind the parameters at which those lie that are used
   */
  #scoreShard(shard: number, line: number, weights: number): void {
    const { plan, layout, sharding } = this.#setup;
    const { first, samples } = this.#batch;
    const workspace = this.#workspace;
    const statistics = layout.statistics + line * plan.statisticsBytes;
    for (let i = 0; i < plan.statistics.length; i++) this.#floats[statistics / FLOAT_BYTES + i] = 0;
    this.#runner.enterBlock(workspace);
    this.#runner.enterShard(this.#state + weights, layout.gradients, statistics);
    const shardSamples = sharding.blocksPerShard * LANES;
    const start = shard * shardSamples;
    const end = Math.min(samples, start + shardSamples);
    for (let position = start; position < end; position += LANES) {
      this.#readBlock(workspace, first + position, Math.min(LANES, end - position), 1 / samples);
      this.#status.enter(Activity.forward);
      this.#runner.infer();
      this.#status.enter(Activity.loss);
      this.#runner.score();
    }
  }

  #readBlock(workspace: number, position: number, samples: number, weight: number): void {
    this.#status.enter(Activity.gather);
    (this.#reader as SampleReader).readBlock(workspace, this.#order, position, samples, weight);
  }

  /** The workspace of the blocks that are computed one after the other. */
  get #workspace(): number {
    return this.#setup.layout.workspaces[this.#setup.rank] as number;
  }

  #arrive(commit?: () => void): void {
    this.#status.enter(Activity.wait);
    this.#barrier.arrive(commit);
  }

  #update(hyperparameters: number): void {
    this.#status.enter(Activity.update);
    this.#stepUpdate.run(
      this.#state,
      this.#nextState,
      this.#batch.shards,
      this.#team,
      hyperparameters,
      this.#meetInUpdate,
    );
  }

  readonly #meetInUpdate = (): void => {
    this.#arrive();
    this.#status.enter(Activity.update);
  };

  readonly #commitStep = (): void => this.#commit.run(this.#batch.samples, this.#batch.shards);
}
