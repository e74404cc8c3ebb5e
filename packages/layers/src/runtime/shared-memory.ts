// The memory in which plans run.
import { MAXIMUM_PAGES } from '@convoy/kernels';
import { ConvoyError } from '@convoy/tensor';

const PAGE_BYTES = 65_536;
const MEBIBYTE = 2 ** 20;

/**
 * Allocates memory full of zeros that several threads can use.
 * @throws ConvoyError CONVOY_OUT_OF_MEMORY
 */
export function createSharedMemory(bytes: number): WebAssembly.Memory {
  const pages = Math.ceil(bytes / PAGE_BYTES);
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  } catch (cause) {
    throw new ConvoyError('CONVOY_OUT_OF_MEMORY', {
      given: `a model that needs ${Math.ceil(bytes / MEBIBYTE)} MiB for its parameters, gradients and one block of samples`,
      expected: `no more than the machine has free, and at most ${(MAXIMUM_PAGES * PAGE_BYTES) / MEBIBYTE} MiB`,
      fix: 'Make the model or its input smaller, or free memory.',
      cause,
    });
  }
}
