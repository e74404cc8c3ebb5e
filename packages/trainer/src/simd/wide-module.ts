// Compiles WebAssembly for vectors of 256 bits: V8's revectorization joins pairs of 128-bit operations. The results stay the same.
import v8 from 'node:v8';
import { unrollByDefault } from '@convoy/kernels';

/**
 * V8's flags during and after compilation; the latter are its defaults. Flags belong to the whole process, and V8 reads them when it optimizes a
 * function, usually in the middle of a run. Therefore all functions are optimized here, and no flag stays on.
 */
const FLAGS = [
  { during: '--experimental-wasm-revectorize', after: '--no-experimental-wasm-revectorize' },
  { during: '--no-liftoff', after: '--liftoff' },
  { during: '--no-wasm-lazy-compilation', after: '--wasm-lazy-compilation' },
] as const;

/** An empty custom section, named "wide". V8 compiles the same bytes only once, so they must differ from those of a strict module. */
const MARK = [0, 5, 4, 0x77, 0x69, 0x64, 0x65] as const;

/** The platform that code is compiled for; `process` is one. */
export interface Host {
  readonly arch: string;
  readonly versions: { readonly v8: string };
}

/**
 * Why there are no wide vectors here; undefined if there are. Flags that V8 does not know must not be tried, because it complains on standard error.
 * V8 12.4 knows this flag, but is not faster with it.
 */
export function wideObstacle({ arch, versions }: Host = process): string | undefined {
  if (arch !== 'x64') return `a processor of the architecture ${arch}`;
  return unrollByDefault(versions.v8) ? undefined : `V8 ${versions.v8}`;
}

/**
 * Compiles all functions at once. Workers that receive the module run the same code. A processor without AVX2 gets vectors of 128 bits.
 * Call it only where there is no `wideObstacle`.
 */
export function compileWide(bytes: Uint8Array): WebAssembly.Module {
  const marked = new Uint8Array(bytes.length + MARK.length);
  marked.set(bytes);
  marked.set(MARK, bytes.length);
  for (const { during } of FLAGS) v8.setFlagsFromString(during);
  try {
    return new WebAssembly.Module(marked);
  } finally {
    for (const { after } of FLAGS) v8.setFlagsFromString(after);
  }
}
