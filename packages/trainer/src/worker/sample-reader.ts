// Brings the samples of a block from a data set into a worker's workspace: inputs, targets, and what each sample counts.
import type { Dataset } from '@convoy/datasets';
import { instantiateGather, LANES, type Plan } from '@convoy/layers/runtime';
import { sizeOf } from '@convoy/tensor/shape';
import type { Order } from '../shared/order.ts';
import type { WorkerData } from '../shared/segment.ts';

const FLOAT_BYTES = 4;
const WORD_BYTES = 4;

export class SampleReader {
  readonly dataset: Dataset;
  readonly #floats: Float32Array;
  readonly #gather: (rows: number, inputs: number) => void;
  readonly #plan: Plan;
  readonly #unitBytes: number;
  /** Places in the workspace that is filled. */
  #firstRow = 0;
  #targetCells = 0;
  #weights = 0;
  /** The data set and the memory in units that are copied whole: words where rows are made of words, else bytes. */
  readonly #source: Int32Array | Uint8Array;
  readonly #destination: Int32Array | Uint8Array;
  readonly #rowUnits: number;
  readonly #values: Float32Array | Int32Array | Uint8Array;
  readonly #targetSize: number;

  constructor({ dataset, gather }: WorkerData, plan: Plan, memory: WebAssembly.Memory) {
    const { inputs, targets, sampleShape } = dataset;
    this.dataset = dataset;
    this.#floats = new Float32Array(memory.buffer);
    this.#gather = instantiateGather(gather, memory);
    this.#plan = plan;
    const rowBytes = sizeOf(sampleShape) * inputs.BYTES_PER_ELEMENT;
    const inWords = rowBytes % WORD_BYTES === 0 && inputs.byteOffset % WORD_BYTES === 0;
    const unitBytes = inWords ? WORD_BYTES : 1;
    const { buffer, byteOffset, byteLength } = inputs;
    this.#source = inWords
      ? new Int32Array(buffer, byteOffset, byteLength / WORD_BYTES)
      : new Uint8Array(buffer, byteOffset, byteLength);
    this.#destination = inWords ? new Int32Array(memory.buffer) : new Uint8Array(memory.buffer);
    this.#rowUnits = rowBytes / unitBytes;
    this.#unitBytes = unitBytes;
    this.#values = targets.kind === 'labels' ? targets.labels : targets.values;
    // Samples to predict for may have any targets, also more than there is room for.
    const size = sizeOf(targets.shape);
    this.#targetSize = size === sizeOf(plan.targets.shape) ? size : 0;
  }

  /** Makes the block in a workspace of the samples that `order` has from a position on, each of which counts `weight`. */
  readBlock(workspace: number, order: Order, position: number, samples: number, weight: number): void {
    this.#enter(workspace);
    for (let lane = 0; lane < samples; lane++) this.#read(lane, order.at(position + lane), weight);
    if (samples < LANES) this.#clear(samples);
    this.#gather(workspace + this.#plan.rows, workspace + this.#plan.inputs);
  }

  #enter(workspace: number): void {
    const { rows, targetCells, weights } = this.#plan;
    this.#firstRow = (workspace + rows) / this.#unitBytes;
    this.#targetCells = (workspace + targetCells) / FLOAT_BYTES;
    this.#weights = (workspace + weights) / FLOAT_BYTES;
  }

  /** Puts a sample into a lane, where it counts `weight`. */
  #read(lane: number, sample: number, weight: number): void {
    const source = this.#source;
    const destination = this.#destination;
    const units = this.#rowUnits;
    const from = sample * units;
    const to = this.#firstRow + lane * units;
    for (let i = 0; i < units; i++) destination[to + i] = source[from + i] as number;
    const size = this.#targetSize;
    for (let i = 0; i < size; i++) {
      this.#floats[this.#targetCells + i * LANES + lane] = this.#values[sample * size + i] as number;
    }
    this.#floats[this.#weights + lane] = weight;
  }

  /** Leaves the lanes from one on without samples. They hold zeros, not what they held before: the bits must not depend on the past. */
  #clear(first: number): void {
    const units = this.#rowUnits;
    const destination = this.#destination;
    const end = this.#firstRow + LANES * units;
    // `fill` takes longer on shared memory.
    for (let i = this.#firstRow + first * units; i < end; i++) destination[i] = 0;
    for (let lane = first; lane < LANES; lane++) {
      for (let i = 0; i < this.#targetSize; i++) this.#floats[this.#targetCells + i * LANES + lane] = 0;
      this.#floats[this.#weights + lane] = 0;
    }
  }
}
