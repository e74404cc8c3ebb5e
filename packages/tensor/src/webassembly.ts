// Whether this process has WebAssembly, and compiles modules for it. This module loads no kernels.
import { isError } from './builtins.ts';
import { ConvoyError } from './errors/errors.ts';

/** @throws ConvoyError CONVOY_WEBASSEMBLY_UNAVAILABLE in a process without WebAssembly */
export function assertWebAssembly(): void {
  if (typeof WebAssembly !== 'undefined') return;
  throw new ConvoyError('CONVOY_WEBASSEMBLY_UNAVAILABLE', {
    given: 'a process without WebAssembly',
    expected: 'WebAssembly, in which everything is computed',
    fix: 'Start Node without --jitless, also in NODE_OPTIONS.',
  });
}

/**
 * A compiled module.
 * @throws ConvoyError CONVOY_WEBASSEMBLY_UNAVAILABLE if this process cannot compile it
 */
export function compileWebAssembly(bytes: Uint8Array<ArrayBuffer>): WebAssembly.Module {
  assertWebAssembly();
  try {
    return new WebAssembly.Module(bytes);
  } catch (cause) {
    throw new ConvoyError('CONVOY_WEBASSEMBLY_UNAVAILABLE', {
      given: `a process that cannot compile kernels (${isError(cause) ? cause.message : 'for an unknown reason'})`,
      expected: 'WebAssembly with vectors of 128 bits and shared memory, and address space for its code',
      fix: 'Use Node 20.19 or later without options that limit WebAssembly, and raise the limit of virtual memory (ulimit -v).',
      cause,
    });
  }
}
