// The samples that an engine computes, and how they get into its blocks.
import type { Shape } from '@convoy/tensor';
import { sizeOf } from '@convoy/tensor/shape';
import type { Gather } from './gather-runner.ts';
import { LANES } from './lanes.ts';
import type { Plan } from './plan.ts';

const FLOAT_BYTES = 4;
const WORD_BYTES = 4;

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

/** Finds the rows of samples in the memory of their inputs. */
export interface RowFinder {
  /** The row of a sample, which is at this position of the order. It may wait until the row is there. */
  rowOf(sample: number, position: number): number;
}

/** Changes samples while they are copied into blocks. It allocates nothing. */
export interface RowAugmenter {
  /** Writes the row of a sample, changed. Both rows have the type of the inputs and begin at an offset in numbers. */
  apply(
    from: Float32Array | Uint8Array,
    fromOffset: number,
    to: Float32Array | Uint8Array,
    toOffset: number,
    epoch: number,
    sample: number,
  ): void;
  /** Writes the labels of the pixels of the sample that was changed last. */
  applyToMask(from: ArrayLike<number>, fromOffset: number, to: Int32Array, toOffset: number): void;
}

/** Sample i is row i. */
const IN_ORDER: RowFinder = { rowOf: (sample) => sample };

/** Samples as they lie in memory, row-major. */
export interface SampleArrays {
  /** Rows of shape `sampleShape`. */
  readonly inputs: Float32Array | Uint8Array;
  /** Default: sample i is row i. */
  readonly rows?: RowFinder | undefined;
  /** Default: samples stay as they are. */
  readonly augmenter?: RowAugmenter | undefined;
  /** Whether targets are the labels of pixels, which move with the pixels; default false. */
  readonly areMasks?: boolean;
  readonly sampleShape: Shape;
  /** (length, ...targetShape) */
  readonly targets: ArrayLike<number>;
  readonly targetShape: Shape;
}

/** Copies samples into blocks: inputs, targets and sample weights. One per thread and data set. */
export class SampleSource {
  readonly #floats: Float32Array;
  readonly #gather: Gather;
  readonly #plan: Plan;
  readonly #rows: RowFinder;
  readonly #targets: ArrayLike<number>;
  readonly #targetSize: number;
  /** The samples and the memory in units that are copied whole: words where rows consist of words, else bytes. */
  readonly #from: Int32Array | Uint8Array;
  readonly #to: Int32Array | Uint8Array;
  readonly #unitBytes: number;
  readonly #rowUnits: number;
  readonly #augmenter: RowAugmenter | undefined;
  /** The samples and the memory as numbers, for the augmenter. */
  readonly #inputs: Float32Array | Uint8Array;
  readonly #staged: Float32Array | Uint8Array;
  readonly #rowSize: number;
  /** The labels of the pixels of a sample that was augmented; empty if they do not move with the pixels. */
  readonly #mask: Int32Array;
  #epoch = 0;
  /** Where the rows, target cells and sample weights of the current workspace begin, in elements of their arrays. */
  #firstRow = 0;
  #targetCells = 0;
  #sampleWeights = 0;

  constructor(
    { inputs, rows, augmenter, areMasks, sampleShape, targets, targetShape }: SampleArrays,
    gather: Gather,
    plan: Plan,
    memory: WebAssembly.Memory,
  ) {
    this.#floats = new Float32Array(memory.buffer);
    this.#gather = gather;
    this.#plan = plan;
    const { buffer, byteOffset, byteLength, BYTES_PER_ELEMENT } = inputs;
    this.#rowSize = sizeOf(sampleShape);
    const rowBytes = this.#rowSize * BYTES_PER_ELEMENT;
    const inWords = rowBytes % WORD_BYTES === 0 && byteOffset % WORD_BYTES === 0;
    this.#unitBytes = inWords ? WORD_BYTES : 1;
    this.#rowUnits = rowBytes / this.#unitBytes;
    this.#from = inWords
      ? new Int32Array(buffer, byteOffset, byteLength / WORD_BYTES)
      : new Uint8Array(buffer, byteOffset, byteLength);
    this.#to = inWords ? new Int32Array(memory.buffer) : new Uint8Array(memory.buffer);
    this.#rows = rows ?? IN_ORDER;
    this.#targets = targets;
    // Samples to predict may have targets of any size, also larger than there is room for.
    const size = sizeOf(targetShape);
    this.#targetSize = size === sizeOf(plan.targets.shape) ? size : 0;
    this.#augmenter = augmenter;
    this.#inputs = inputs;
    this.#staged = BYTES_PER_ELEMENT === 1 ? new Uint8Array(memory.buffer) : this.#floats;
    this.#mask = new Int32Array(augmenter && areMasks ? this.#targetSize : 0);
  }

  /** The epoch whose samples follow, for the augmenter. */
  enterEpoch(epoch: number): void {
    this.#epoch = epoch;
  }

  /** Makes the block in a workspace from the samples at positions `position` … of an order. Each sample has the weight `weight`. */
  write(workspace: number, order: Order, position: number, samples: number, weight: number): void {
    this.#enter(workspace);
    for (let lane = 0; lane < samples; lane++)
      this.#writeLane(lane, order.at(position + lane), position + lane, weight);
    if (samples < LANES) this.#clear(samples);
    this.#gather(workspace + this.#plan.rows, workspace + this.#plan.inputs);
  }

  #enter(workspace: number): void {
    const { rows, targetCells, sampleWeights } = this.#plan;
    this.#firstRow = (workspace + rows) / this.#unitBytes;
    this.#targetCells = (workspace + targetCells) / FLOAT_BYTES;
    this.#sampleWeights = (workspace + sampleWeights) / FLOAT_BYTES;
  }

  #writeLane(lane: number, sample: number, position: number, weight: number): void {
    const row = this.#rows.rowOf(sample, position);
    if (this.#augmenter) this.#augment(this.#augmenter, lane, row, sample);
    else this.#copy(lane, row);
    const size = this.#targetSize;
    const isMoved = this.#mask.length > 0;
    const targets = isMoved ? this.#mask : this.#targets;
    const first = isMoved ? 0 : sample * size;
    for (let i = 0; i < size; i++) {
      this.#floats[this.#targetCells + i * LANES + lane] = targets[first + i] as number;
    }
    this.#floats[this.#sampleWeights + lane] = weight;
  }

  #copy(lane: number, row: number): void {
    const from = this.#from;
    const to = this.#to;
    const units = this.#rowUnits;
    const source = row * units;
    const target = this.#firstRow + lane * units;
    for (let i = 0; i < units; i++) to[target + i] = from[source + i] as number;
  }

  #augment(augmenter: RowAugmenter, lane: number, row: number, sample: number): void {
    const size = this.#rowSize;
    const firstNumber = (this.#firstRow * this.#unitBytes) / this.#staged.BYTES_PER_ELEMENT;
    augmenter.apply(this.#inputs, row * size, this.#staged, firstNumber + lane * size, this.#epoch, sample);
    if (this.#mask.length > 0) augmenter.applyToMask(this.#targets, sample * this.#targetSize, this.#mask, 0);
  }

  /** Fills the lanes from `first` on with zeros: the bits must not depend on what the memory held before. */
  #clear(first: number): void {
    const units = this.#rowUnits;
    const to = this.#to;
    const end = this.#firstRow + LANES * units;
    // `fill` takes longer on shared memory.
    for (let i = this.#firstRow + first * units; i < end; i++) to[i] = 0;
    for (let lane = first; lane < LANES; lane++) {
      for (let i = 0; i < this.#targetSize; i++) this.#floats[this.#targetCells + i * LANES + lane] = 0;
      this.#floats[this.#sampleWeights + lane] = 0;
    }
  }
}
