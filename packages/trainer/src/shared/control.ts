// The control words, through which the main thread and the workers follow a segment. Every access is atomic.

/** Indices into the Int32Array of control words. Words that different threads write often lie on different cache lines. */
export const Control = {
  /** Main thread to workers: end the segment after the running step. */
  stop: 0,
  /** Main thread to workers: leave the segment at once, because a worker failed or the trainer is disposed. */
  abandon: 1,
  /** Steps committed so far. If even, the first copy of the state is current, else the second. A single store commits a whole step. */
  step: 16,
  /** Set at a commit that sees `stop`, so that all workers leave after the same step. */
  ended: 17,
  /** Set instead of a commit when the loss of the step is not finite; the segment then ends before that step. */
  nonFinite: 18,
  /** The next shard, or block, that nobody has claimed. */
  next: 32,
  /** The barrier: workers that have arrived, and how often it has opened. */
  arrived: 48,
  generation: 64,
} as const;

export const CONTROL_WORDS = 80;
