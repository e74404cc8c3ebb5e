// A worker's part of a segment. Everything it needs lies in shared memory; nothing is allocated or posted during a step.
import { activeShards, type Batch, Engine, LANES } from '@convoy/layers/runtime';
import { Barrier, leaveIfAbandoned } from '../shared/barrier.ts';
import { Control } from '../shared/control.ts';
import { dropShared } from '../shared/dropped-memory.ts';
import { AS_STORED, orderOf } from '../shared/order.ts';
import type { Segment, WorkerData, WorkerSetup } from '../shared/segment.ts';
import { teamSize } from '../shared/team.ts';
import { timesOf } from '../shared/times.ts';
import { Activity, WorkerStatus } from '../shared/worker-status.ts';
import type { RingRows } from './sample-rows.ts';
import { SampleSources } from './sample-sources.ts';
import { SharedBackward } from './shared-backward.ts';
import { StepCommit } from './step-commit.ts';

type TrainSegment = Extract<Segment, { kind: 'train' }>;
type EvaluateSegment = Extract<Segment, { kind: 'evaluate' }>;
type PredictSegment = Extract<Segment, { kind: 'predict' }>;

/** The batch that is being computed; one object for all batches. */
type CurrentBatch = { -readonly [K in keyof Batch]: Batch[K] } & { shards: number; ring: RingRows | undefined };

export class StepWorker {
  readonly #setup: WorkerSetup;
  readonly #words: Int32Array;
  readonly #hyperparameters: Float32Array;
  readonly #engine: Engine;
  readonly #sharedBackward: SharedBackward | undefined;
  readonly #commit: StepCommit;
  readonly #status: WorkerStatus;
  readonly #sources: SampleSources;
  #batch: CurrentBatch | undefined;
  /** The workers that take part in the running segment are those with the lowest ranks. */
  #team = 1;
  /** How many of them compute shards; in an assisted plan, each of the following ranks assists one of these. */
  #leaders = 1;
  #barrier: Barrier;

  constructor(setup: WorkerSetup) {
    const { plan, layout, memory, rank, profile } = setup;
    const { buffer } = memory;
    this.#setup = setup;
    this.#words = new Int32Array(buffer, layout.control);
    this.#hyperparameters = new Float32Array(buffer, layout.hyperparameters);
    const times = profile ? timesOf(buffer, layout, rank, plan.exportNames.length) : undefined;
    this.#status = new WorkerStatus(buffer, layout.statuses, rank, times?.activities);
    this.#engine = new Engine(setup, {
      running: this.#status.kernelSlot(),
      times: times?.kernels,
      enter: (activity) => this.#status.enter(Activity[activity]),
      meet: () => this.#arrive(),
      ...(plan.isAssisted && { backward: (shard: number) => this.#sharedBackward?.lead(shard) }),
    });
    this.#sharedBackward = plan.isAssisted
      ? new SharedBackward(this.#engine, this.#status, layout, buffer, layout.workers <= setup.cores)
      : undefined;
    this.#commit = new StepCommit(setup, this.#engine);
    this.#sources = new SampleSources({
      ...{ plan, memory, words: this.#words, seed: setup.seed },
      isWaiting: (isWaiting) => this.#status.enter(isWaiting ? Activity.data : Activity.gather),
    });
    this.#barrier = new Barrier(this.#words, this.#team, setup.cores);
  }

  addData(data: WorkerData): Promise<void> {
    return this.#sources.add(data);
  }

  removeData(id: number): void {
    this.#sources.remove(id);
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

  #train({ data, sequence, epoch, shuffle, first, count }: TrainSegment): void {
    const { seed, plan, rank } = this.#setup;
    const { length, source, ring } = this.#sources.get(data);
    ring?.enter(sequence);
    source.enterEpoch(epoch);
    const batch: CurrentBatch = {
      source,
      ring,
      order: orderOf(length, shuffle, seed, epoch),
      first: 0,
      samples: 0,
      shards: 0,
    };
    this.#batch = batch;
    // No later batch has more shards than the first.
    this.#enterBatch(batch, first, length);
    if (!this.#joinTeam(batch.shards)) return;
    for (let step = 0; step < count; step++) {
      this.#enterBatch(batch, first + step, length);
      this.#enterStep();
      this.#computeShards(batch);
      this.#arrive();
      if (rank < this.#leaders) this.#sharedBackward?.clear(rank);
      this.#update(batch.shards, step * plan.hyperparameters);
      this.#arrive(this.#commitStep);
      if (Atomics.load(this.#words, Control.ended) !== 0) return;
    }
  }

  #evaluate({ data, sequence, first, count, weights }: EvaluateSegment): void {
    const { length, source, ring } = this.#sources.get(data);
    ring?.enter(sequence);
    const { shards } = this.#setup.sharding;
    const end = count * shards;
    const batch: CurrentBatch = { source, ring, order: AS_STORED, first: 0, samples: 0, shards: 0 };
    this.#enterStep();
    for (let line = this.#claim(); line < end; line = this.#claim()) {
      if (Atomics.load(this.#words, Control.stop) !== 0) return;
      const shard = line % shards;
      this.#enterBatch(batch, first + (line - shard) / shards, length);
      if (shard < batch.shards) this.#engine.scoreShard(batch, shard, line, weights);
    }
  }

  #predict({ data, sequence, first, count, outputs, weights }: PredictSegment): void {
    // By now the outputs of the last segment were dropped.
    dropShared(outputs.byteLength);
    const { source, ring } = this.#sources.get(data);
    ring?.enter(sequence);
    const batch: Batch = { source, order: AS_STORED, first, samples: count };
    this.#enterStep();
    for (;;) {
      const position = this.#claim() * LANES;
      if (position >= count || Atomics.load(this.#words, Control.stop) !== 0) return;
      this.#engine.predictBlock(batch, position, outputs, weights);
    }
  }

  /** Whether this worker belongs to the team of a training segment. All workers come to the same answer, since they know the same. */
  #joinTeam(shards: number): boolean {
    const { rank, plan, layout, cores } = this.#setup;
    this.#leaders = shards;
    this.#team = teamSize(layout.workers, shards, plan.parameterFloats, plan.isAssisted);
    this.#barrier = new Barrier(this.#words, this.#team, cores);
    return rank < this.#team;
  }

  #enterBatch(batch: CurrentBatch, number: number, length: number): void {
    const { sharding } = this.#setup;
    batch.first = number * sharding.batchSize;
    batch.samples = Math.min(sharding.batchSize, length - batch.first);
    batch.source.enterBatch(number, batch.first, batch.samples);
    batch.shards = activeShards(sharding, batch.samples);
  }

  #enterStep(): void {
    this.#engine.enterStep(Atomics.load(this.#words, Control.step));
  }

  /** The next shard, or block, that nobody has claimed. */
  #claim(): number {
    leaveIfAbandoned(this.#words);
    return Atomics.add(this.#words, Control.next, 1);
  }

  #computeShards(batch: CurrentBatch): void {
    const { rank } = this.#setup;
    const { shards } = batch;
    if (this.#sharedBackward) {
      if (rank < shards) this.#engine.computeShards(batch, rank, rank + 1);
      const shard = rank - this.#leaders;
      if (shard >= 0 && shard < shards) this.#assist(this.#sharedBackward, shard);
    } else if (this.#engine.exchangesBatch || this.#team === 1) {
      // Where all shards of the batch go through the same phases at the same time, each worker keeps its own. A single worker need not claim any.
      this.#engine.computeShards(batch, rank, shards, this.#team);
    } else {
      for (let shard = this.#claim(); shard < shards; shard = this.#claim()) {
        this.#engine.computeShards(batch, shard, shard + 1);
      }
    }
  }

  /** Shard i is computed by the worker of rank i. */
  #assist(backward: SharedBackward, shard: number): void {
    this.#status.enter(Activity.backward);
    this.#engine.enterBlockOf(shard, shard);
    backward.assist(shard);
  }

  #update(shards: number, hyperparameters: number): void {
    const { rank } = this.#setup;
    this.#status.enter(Activity.update);
    if (this.#engine.reducesFirst) {
      this.#engine.reduce(rank, this.#team, shards);
      this.#arrive();
      this.#status.enter(Activity.update);
    }
    this.#engine.update(rank, this.#team, shards, this.#hyperparameters, hyperparameters);
  }

  #arrive(commit?: () => void): void {
    this.#status.enter(Activity.wait);
    this.#barrier.arrive(commit);
  }

  readonly #commitStep = (): void => {
    const { first, samples, shards, ring } = this.#batch as CurrentBatch;
    const isCommitted = this.#commit.run(samples, shards);
    if (isCommitted) ring?.release(first + samples);
  };
}
