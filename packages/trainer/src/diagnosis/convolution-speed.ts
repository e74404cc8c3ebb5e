// The speed of a convolution on one core: the best of many short runs, so that other programs do not count.
import { type Conv2dShape, conv2d, encodeModule, LANES } from '@convoy/kernels';
import { createSharedMemory } from '@convoy/tensor/memory';

const FLOAT_BYTES = 4;
const LINE_BYTES = 64;

/** A layer in the middle of a network for small images: 38 million operations per block. */
const CHANNELS = 32;
const SIZE = 16;
const KERNEL = 3;
const SHAPE: Conv2dShape = {
  ...{ inChannels: CHANNELS, outChannels: CHANNELS, groups: 1 },
  ...{ height: SIZE, width: SIZE, kernelHeight: KERNEL, kernelWidth: KERNEL },
  ...{ padTop: 1, padLeft: 1, padBottom: 1, padRight: 1 },
  ...{ strideY: 1, strideX: 1, dilationY: 1, dilationX: 1 },
};
const CELLS = CHANNELS * SIZE * SIZE;
const WEIGHTS = CHANNELS * CHANNELS * KERNEL * KERNEL;
const OPERATIONS = 2 * WEIGHTS * SIZE * SIZE * LANES;

/** Each takes 0.5 ms. After the first few runs, the kernel is compiled by the optimizing compiler. */
const RUNS = 150;

export class ConvolutionTimer {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly isShared: boolean;
  readonly #memory: WebAssembly.Memory;
  readonly #exportName: string;
  readonly #places: readonly number[];

  constructor() {
    const { bytes, exportNames, guardBytes } = encodeModule([conv2d(SHAPE, { useBias: false })], { shared: true });
    this.bytes = bytes;
    this.#exportName = exportNames[0] as string;
    const input = Math.ceil(guardBytes / LINE_BYTES) * LINE_BYTES;
    const weights = input + CELLS * LANES * FLOAT_BYTES;
    const output = weights + WEIGHTS * FLOAT_BYTES;
    this.#places = [input, weights, output];
    const memoryBytes = output + CELLS * LANES * FLOAT_BYTES;
    this.#memory = createSharedMemory({ what: 'a convolution', bytes: memoryBytes, fix: 'Free memory.' });
    this.isShared = this.#memory.buffer instanceof SharedArrayBuffer;
    new Float32Array(this.#memory.buffer, input, (output - input) / FLOAT_BYTES).fill(1 / CHANNELS);
  }

  /** 10⁹ operations per second with each module. The modules take turns, so that a slow phase of the machine affects all. */
  speeds(modules: readonly WebAssembly.Module[]): readonly number[] {
    const kernels = modules.map((module) => {
      const { exports } = new WebAssembly.Instance(module, { env: { memory: this.#memory } });
      return exports[this.#exportName] as (...places: readonly number[]) => void;
    });
    const best = kernels.map(() => Number.POSITIVE_INFINITY);
    for (let run = 0; run < RUNS; run++) {
      for (const [i, kernel] of kernels.entries()) {
        const start = performance.now();
        kernel(...this.#places);
        best[i] = Math.min(best[i] as number, performance.now() - start);
      }
    }
    return best.map((milliseconds) => OPERATIONS / milliseconds / 1e6);
  }
}
