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

/** Sample i is row i. */
const IN_ORDER: RowFinder = { rowOf: (sample) => sample };

/** Samples as they lie in memory, row-major. */
export interface SampleArrays {
  /** Rows of shape `sampleShape`. */
  readonly inputs: Float32Array | Uint8Array;
  /** Default: sample i is row i. */
  readonly rows?: RowFinder | undefined;
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
  /** Where the rows, target cells and sample weights of the current workspace begin, in elements of their arrays. */
  #firstRow = 0;
  #targetCells = 0;
  #sampleWeights = 0;

  constructor(
    { inputs, rows, sampleShape, targets, targetShape }: SampleArrays,
    gather: Gather,
    plan: Plan,
    memory: WebAssembly.Memory,
  ) {
    this.#floats = new Float32Array(memory.buffer);
    this.#gather = gather;
    this.#plan = plan;
    const { buffer, byteOffset, byteLength, BYTES_PER_ELEMENT } = inputs;
    const rowBytes = sizeOf(sampleShape) * BYTES_PER_ELEMENT;
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
    const from = this.#from;
    const to = this.#to;
    const units = this.#rowUnits;
    const source = this.#rows.rowOf(sample, position) * units;
    const target = this.#firstRow + lane * units;
    for (let i = 0; i < units; i++) to[target + i] = from[source + i] as number;
    const size = this.#targetSize;
    for (let i = 0; i < size; i++) {
      this.#floats[this.#targetCells + i * LANES + lane] = this.#targets[sample * size + i] as number;
    }
    this.#floats[this.#sampleWeights + lane] = weight;
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
