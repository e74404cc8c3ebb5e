// The rows of samples: where they are, and how they get to a mini-batch, augmented or as they are.
import type { Shape } from '@convoy/tensor';
import { sizeOf } from '@convoy/tensor/shape';

const WORD_BYTES = 4;

/** Numbers as samples have them. */
export type RowNumbers = Float32Array | Uint8Array;

/** Finds the rows of samples in the memory of their inputs. */
export interface RowFinder {
  /** The row of a sample, which is at this position of the order. It may wait until the row is there. */
  rowOf(sample: number, position: number): number;
}

/** Changes samples while they are copied into blocks. It allocates nothing. */
export interface RowAugmenter {
  /** Writes the row of a sample, changed. Both rows have the type of the inputs and begin at an offset in numbers. */
  apply(from: RowNumbers, fromOffset: number, to: RowNumbers, toOffset: number, epoch: number, sample: number): void;
  /** Writes the labels of the pixels of the sample that was changed last. */
  applyToMask(from: ArrayLike<number>, fromOffset: number, to: Int32Array, toOffset: number): void;
}

/** Rows as they lie in memory, row-major. */
export interface RowArrays {
  /** Rows of shape `sampleShape`. */
  readonly inputs: RowNumbers;
  /** Default: sample i is row i. */
  readonly rows?: RowFinder | undefined;
  /** Default: samples stay as they are. */
  readonly augmenter?: RowAugmenter | undefined;
  readonly sampleShape: Shape;
}

/** Sample i is row i. */
const IN_ORDER: RowFinder = { rowOf: (sample) => sample };

/** Memory that rows are written to, as numbers and in the units that are copied whole. */
export interface RowMemory {
  readonly numbers: RowNumbers;
  readonly units: Int32Array | Uint8Array;
}

export class SampleRows {
  /** Numbers of a row. */
  readonly size: number;
  /** Bytes of a row. */
  readonly bytes: number;
  /** Words where rows consist of words, else bytes. */
  readonly unitBytes: number;
  readonly #inputs: RowNumbers;
  readonly #units: Int32Array | Uint8Array;
  readonly #finder: RowFinder;
  readonly #augmenter: RowAugmenter | undefined;
  #epoch = 0;

  constructor({ inputs, rows, augmenter, sampleShape }: RowArrays) {
    const { byteOffset, BYTES_PER_ELEMENT } = inputs;
    this.size = sizeOf(sampleShape);
    this.bytes = this.size * BYTES_PER_ELEMENT;
    this.unitBytes = this.bytes % WORD_BYTES === 0 && byteOffset % WORD_BYTES === 0 ? WORD_BYTES : 1;
    this.#inputs = inputs;
    this.#units = this.#unitsIn(inputs.buffer, byteOffset, inputs.byteLength);
    this.#finder = rows ?? IN_ORDER;
    this.#augmenter = augmenter;
  }

  /** The epoch whose samples follow, for the augmenter. */
  enterEpoch(epoch: number): void {
    this.#epoch = epoch;
  }

  /** Views of memory for `write`. */
  memoryIn(buffer: ArrayBufferLike): RowMemory {
    const isBytes = this.#inputs.BYTES_PER_ELEMENT === 1;
    return {
      numbers: isBytes ? new Uint8Array(buffer) : new Float32Array(buffer),
      units: this.#unitsIn(buffer, 0, buffer.byteLength),
    };
  }

  /** Writes the row of a sample to an address of the memory. */
  write(sample: number, position: number, memory: RowMemory, address: number): void {
    const row = this.#finder.rowOf(sample, position);
    if (this.#augmenter) {
      const to = address / this.#inputs.BYTES_PER_ELEMENT;
      this.#augmenter.apply(this.#inputs, row * this.size, memory.numbers, to, this.#epoch, sample);
      return;
    }
    const from = this.#units;
    const { units } = memory;
    const count = this.bytes / this.unitBytes;
    const source = row * count;
    const target = address / this.unitBytes;
    for (let i = 0; i < count; i++) units[target + i] = from[source + i] as number;
  }

  #unitsIn(buffer: ArrayBufferLike, byteOffset: number, byteLength: number): Int32Array | Uint8Array {
    return this.unitBytes === WORD_BYTES
      ? new Int32Array(buffer, byteOffset, Math.floor(byteLength / WORD_BYTES))
      : new Uint8Array(buffer, byteOffset, byteLength);
  }
}
