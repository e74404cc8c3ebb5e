// The control words: how main thread and workers tell each other where a segment stands. Every access is atomic.

/** Slots of the Int32Array of control words. Words that are written often by different parties lie on cache lines of their own. */
export const Control = {
  /** Main thread to workers: end the segment after the running step. */
  stop: 0,
  /** A worker failed or the trainer is being disposed of: leave the segment at once. */
  abandon: 1,
  /** Steps committed so far. Even: the first copy of the state is current; odd: the second one. One store commits a step whole. */
  step: 16,
  /** Set at commit when `stop` was seen, so that all workers leave after the same step. */
  ended: 17,
  /** Set instead of a commit when the loss of the step is not finite; then the segment has ended before that step. */
  nonFinite: 18,
  /** The next shard, or block, that nobody has claimed. */
  next: 32,
  /** The barrier: workers that have arrived, and how often it has opened. */
  arrived: 48,
  generation: 64,
} as const;

export const CONTROL_WORDS = 80;
