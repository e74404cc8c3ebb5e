// The speed of a convolution on one core: the best of many short runs, so that other programs do not count.
import { type Conv2dShape, conv2d, type EncodedModule, encodeModule, LANES } from '@convoy/kernels';
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

/** The module with the convolution, and how to call it. */
export const convolutionModule = () => encodeModule([conv2d(SHAPE, { useBias: false })], { shared: true });

/**
 * 10⁹ operations per second with each of these modules, which have the same kernels. The modules take turns, so that a
 * slow phase of the machine affects all.
 * @throws ConvoyError CONVOY_OUT_OF_MEMORY, CONVOY_WEBASSEMBLY_UNAVAILABLE
 */
export function convolutionSpeeds(
  { exportNames, guardBytes }: EncodedModule,
  modules: readonly WebAssembly.Module[],
): readonly number[] {
  const input = Math.ceil(guardBytes / LINE_BYTES) * LINE_BYTES;
  const weights = input + CELLS * LANES * FLOAT_BYTES;
  const output = weights + WEIGHTS * FLOAT_BYTES;
  const bytes = output + CELLS * LANES * FLOAT_BYTES;
  const memory = createSharedMemory({ what: 'a convolution', bytes, fix: 'Free memory.' });
  new Float32Array(memory.buffer, input, (output - input) / FLOAT_BYTES).fill(1 / CHANNELS);
  const kernels = modules.map((module) => {
    const { exports } = new WebAssembly.Instance(module, { env: { memory } });
    return exports[exportNames[0] as string] as (...places: readonly number[]) => void;
  });
  const best = kernels.map(() => Number.POSITIVE_INFINITY);
  for (let run = 0; run < RUNS; run++) {
    for (const [i, kernel] of kernels.entries()) {
      const start = performance.now();
      kernel(input, weights, output);
      best[i] = Math.min(best[i] as number, performance.now() - start);
    }
  }
  return best.map((milliseconds) => OPERATIONS / milliseconds / 1e6);
}
