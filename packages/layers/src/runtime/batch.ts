// The samples that an engine computes, and how they get into its blocks.
import type { Gather } from './gather-runner.ts';
import { LANES } from './lanes.ts';
import type { Plan } from './plan.ts';
import { type RowArrays, type RowMemory, type RowNumbers, SampleRows } from './sample-rows.ts';
import { SampleTargets, type TargetArrays } from './sample-targets.ts';

const FLOAT_BYTES = 4;

/** Maps a position of an epoch to the number of a sample. */
export interface Order {
  at(position: number): number;
}

/** A mini-batch: `samples` samples of a source, from position `first` of an order on. */
export interface Batch {
  readonly source: SampleSource;
  readonly order: Order;
  readonly first: number;
  readonly samples: number;
}

/** Mixes samples of a mini-batch with each other, and their targets. It allocates nothing. */
export interface RowMixer {
  /** Begins with a mini-batch of an epoch. */
  enter(epoch: number, batch: number, samples: number): void;
  /** The weight of a sample's own target; 1 if the mini-batch is not mixed. */
  readonly weight: number;
  /** The position in the mini-batch of the sample that another one is mixed with. */
  partnerOf(position: number): number;
  /** Mixes a row with that of its partner, in place. */
  mix(row: RowNumbers, offset: number, partner: RowNumbers, partnerOffset: number): void;
  /** Mixes targets with those of the partner, in place. */
  mixTargets(
    targets: Float32Array,
    offset: number,
    partner: ArrayLike<number>,
    partnerOffset: number,
    count: number,
  ): void;
}

/** Samples as they lie in memory, row-major. */
export interface SampleArrays extends RowArrays, TargetArrays {
  /** Default: samples are not mixed. */
  readonly mixer?: RowMixer | undefined;
}

/** Copies samples into blocks: inputs, targets and sample weights. One per thread and data set. */
export class SampleSource {
  readonly #floats: Float32Array;
  readonly #gather: Gather;
  readonly #plan: Plan;
  readonly #rows: SampleRows;
  readonly #memory: RowMemory;
  readonly #targets: SampleTargets;
  /** The targets of a sample. */
  readonly #numbers: Float32Array;
  readonly #mixer: RowMixer | undefined;
  /** The row and the targets of the sample that another one is mixed with. */
  readonly #partner: RowMemory;
  readonly #partnerNumbers: Float32Array;
  #epoch = 0;
  #firstOfBatch = 0;
  /** Where the rows, target cells and sample weights of the current workspace begin: an address, and elements of their arrays. */
  #firstRow = 0;
  #targetCells = 0;
  #sampleWeights = 0;

  constructor(arrays: SampleArrays, gather: Gather, plan: Plan, memory: WebAssembly.Memory) {
    this.#floats = new Float32Array(memory.buffer);
    this.#gather = gather;
    this.#plan = plan;
    this.#rows = new SampleRows(arrays);
    this.#memory = this.#rows.memoryIn(memory.buffer);
    this.#targets = new SampleTargets(arrays, plan.targets);
    this.#numbers = new Float32Array(this.#targets.size);
    this.#mixer = arrays.mixer;
    this.#partner = this.#rows.memoryIn(new ArrayBuffer(arrays.mixer ? Math.ceil(this.#rows.bytes / 4) * 4 : 0));
    this.#partnerNumbers = new Float32Array(arrays.mixer ? this.#targets.size : 0);
  }

  /** The epoch whose samples follow, for augmentation. */
  enterEpoch(epoch: number): void {
    this.#epoch = epoch;
    this.#rows.enterEpoch(epoch);
  }

  /** The mini-batch whose samples follow, for mixing: its number in the epoch, its first position and its length. */
  enterBatch(batch: number, first: number, samples: number): void {
    this.#firstOfBatch = first;
    this.#mixer?.enter(this.#epoch, batch, samples);
  }

  /** Makes the block in a workspace from the samples at positions `position` … of an order. Each sample has the weight `weight`. */
  write(workspace: number, order: Order, position: number, samples: number, weight: number): void {
    this.#enter(workspace);
    for (let lane = 0; lane < samples; lane++) this.#writeLane(lane, order, position + lane, weight);
    if (samples < LANES) this.#clear(samples);
    this.#gather(workspace + this.#plan.rows, workspace + this.#plan.inputs);
  }

  #enter(workspace: number): void {
    const { rows, targetCells, sampleWeights } = this.#plan;
    this.#firstRow = workspace + rows;
    this.#targetCells = (workspace + targetCells) / FLOAT_BYTES;
    this.#sampleWeights = (workspace + sampleWeights) / FLOAT_BYTES;
  }

  #writeLane(lane: number, order: Order, position: number, weight: number): void {
    const address = this.#firstRow + lane * this.#rows.bytes;
    const sample = order.at(position);
    const numbers = this.#numbers;
    this.#rows.write(sample, position, this.#memory, address);
    this.#targets.read(sample, numbers);
    if (this.#mixer && this.#mixer.weight < 1) this.#mix(this.#mixer, order, position, address);
    for (let i = 0; i < numbers.length; i++) this.#floats[this.#targetCells + i * LANES + lane] = numbers[i] as number;
    this.#floats[this.#sampleWeights + lane] = weight;
  }

  #mix(mixer: RowMixer, order: Order, position: number, address: number): void {
    const first = this.#firstOfBatch;
    const partnerPosition = first + mixer.partnerOf(position - first);
    const sample = order.at(partnerPosition);
    const partner = this.#partner;
    this.#rows.write(sample, partnerPosition, partner, 0);
    this.#targets.read(sample, this.#partnerNumbers);
    const { numbers } = this.#memory;
    mixer.mix(numbers, address / numbers.BYTES_PER_ELEMENT, partner.numbers, 0);
    mixer.mixTargets(this.#numbers, 0, this.#partnerNumbers, 0, this.#numbers.length);
  }

  /** Fills the lanes from `first` on with zeros: the bits must not depend on what the memory held before. */
  #clear(first: number): void {
    const { bytes, unitBytes } = this.#rows;
    const { units } = this.#memory;
    const end = (this.#firstRow + LANES * bytes) / unitBytes;
    // `fill` takes longer on shared memory.
    for (let i = (this.#firstRow + first * bytes) / unitBytes; i < end; i++) units[i] = 0;
    for (let lane = first; lane < LANES; lane++) {
      for (let i = 0; i < this.#targets.size; i++) this.#floats[this.#targetCells + i * LANES + lane] = 0;
      this.#floats[this.#sampleWeights + lane] = 0;
    }
  }
}
