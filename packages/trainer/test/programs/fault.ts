// Preloaded into every thread of a process: makes the first worker thread fail in the way that the variable FAULT names.
import { isMainThread, threadId } from 'node:worker_threads';

/** How many of its claims and arrivals a worker survives. */
const SURVIVED = 101;
/** Other users of atomic words, such as the pool, have no more of them. */
const OTHERS_LENGTH = 16;

const { FAULT: fault } = process.env;

function planted(): never {
  throw new Error('a planted fault');
}

function hang(): never {
  for (;;);
}

/** Every claim of a shard and every arrival at a barrier is an atomic addition. */
function failInSteps(fail: () => void): void {
  const add = Atomics.add as (...operands: unknown[]) => unknown;
  let calls = 0;
  const failing = (words: Int32Array, ...operands: unknown[]) => {
    if (words.length > OTHERS_LENGTH && ++calls % SURVIVED === 0) fail();
    return add(words, ...operands);
  };
  Object.defineProperty(Atomics, 'add', { value: failing });
}

/** Every kernel is an export of an instance. */
function failInKernels(): void {
  const { Instance } = WebAssembly;
  function FailingInstance(module: WebAssembly.Module, imports: WebAssembly.Imports) {
    const { exports } = new Instance(module, imports);
    return {
      exports: Object.fromEntries(
        Object.keys(exports).map((name) => [name, name.includes('gather') ? exports[name] : planted]),
      ),
    };
  }
  Object.defineProperty(WebAssembly, 'Instance', { value: FailingInstance });
}

if (!isMainThread) {
  if (fault === 'always throws in a kernel') failInKernels();
  if (threadId === 1) {
    if (fault === 'start') planted();
    if (fault === 'set up') Object.defineProperty(WebAssembly, 'Instance', { value: planted });
    if (fault === 'throws') failInSteps(planted);
    if (fault === 'exits') failInSteps(() => process.exit(7));
    if (fault === 'hangs') failInSteps(hang);
  }
}
