// Frees shared memory to which a thread has dropped its last reference. V8 does not count shared memory, and workers make
// so little garbage that V8 never collects it: what is dropped would stay in memory as long as the thread.
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Less memory than this is not worth a collection, which takes some milliseconds. */
const MIN_BYTES = 2 ** 22;

/** What this thread has dropped since the last collection. */
let dropped = 0;
let collect: (() => unknown) | undefined;

/**
 * Notes that this thread has dropped shared memory, and collects garbage when enough has come together: at least half of
 * the heap, so that the time of a collection, which grows with the heap, stays in proportion to the memory that it frees.
 */
export function dropShared(bytes: number): void {
  dropped += bytes;
  if (dropped < MIN_BYTES || dropped < getHeapStatistics().used_heap_size / 2) return;
  dropped = 0;
  collect ??= globalThis.gc ?? collector();
  collect();
}

/** The function `gc`, which V8 gives to contexts that are created while its flag is set. */
function collector(): () => void {
  setFlagsFromString('--expose-gc');
  try {
    return runInNewContext('gc');
  } finally {
    setFlagsFromString('--no-expose-gc');
  }
}
