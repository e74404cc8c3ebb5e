// The reduction of a step: sums what the shards of a batch have left behind, always in the order of the shards.
// Where nothing happens between the sums and the update, the update kernel sums gradients itself, and only the scores are summed here.
import type { KernelBinder, KernelFunction } from './backend.ts';
import type { EngineLayout } from './engine-layout.ts';
import type { GradientClip, Plan, PlanReduction } from './plan.ts';

const FLOAT_BYTES = 4;

/** The part of 0 … count − 1 that one of `team` workers takes. */
export const sliceOf = (count: number, rank: number, team: number): readonly [first: number, end: number] => [
  Math.floor((count * rank) / team),
  Math.floor((count * (rank + 1)) / team),
];

export class Reduction {
  readonly #plan: Plan;
  readonly #layout: EngineLayout;
  readonly #floats: Float32Array;
  readonly #reduction: PlanReduction | undefined;
  readonly #sum: KernelFunction | undefined;
  readonly #sumWithSquares: KernelFunction | undefined;
  /** The loss of the batch, which is a mean, and for each metric the sum over its samples. */
  readonly scoreSums: Float64Array;

  constructor(plan: Plan, kernels: KernelBinder, layout: EngineLayout, memory: WebAssembly.Memory) {
    this.#plan = plan;
    this.#layout = layout;
    this.#floats = new Float32Array(memory.buffer);
    const { reduction } = plan;
    this.#reduction = reduction;
    this.#sum = reduction && kernels.kernel(reduction.kernel);
    this.#sumWithSquares = reduction?.clip && kernels.kernel(reduction.clip.kernel);
    this.scoreSums = new Float64Array(memory.buffer, layout.scoreSums, plan.scores.length);
  }

  /** Whether the sums must be complete before the update of any slice begins. */
  get isSeparate(): boolean {
    return this.#reduction !== undefined;
  }

  /** Sums a slice of gradients and running statistics into the first shard's buffer; a clip also leaves the squared norm of each chunk. */
  reduceGradients(rank: number, team: number, shards: number): void {
    if (!this.#reduction) return;
    const { gradients, norms } = this.#layout;
    const { first, last, clip } = this.#reduction;
    if (clip) {
      const [firstChunk, endChunk] = sliceOf(clip.chunks, rank, team);
      this.#sumWithSquares?.(gradients, norms, firstChunk, endChunk, shards);
    }
    const [start, end] = sliceOf(last - first, rank, team);
    if (end > start) this.#sum?.(gradients, first + start, first + end, shards);
  }

  /** Sums the lines of scores of a batch, from the line of its first shard on. */
  reduceScores(shards: number, firstLine = 0): void {
    for (let score = 0; score < this.scoreSums.length; score++) {
      this.scoreSums[score] = sumOfScore(this.#floats, this.#plan, this.#layout, score, firstLine, shards);
    }
  }

  /** The factor that clips the gradients; 1 without a clip. The same for every engine that computes it. */
  clipFactor(): number {
    const clip = this.#reduction?.clip;
    return clip ? clipFactor(this.#floats, this.#layout.norms / FLOAT_BYTES, clip) : 1;
  }
}

/** The sum of one score over the shards of a batch in order, in float64: for the loss the mean over the batch, for a metric the sum over samples. */
export function sumOfScore(
  floats: Float32Array,
  { scoreBytes }: Pick<Plan, 'scoreBytes'>,
  { scores }: Pick<EngineLayout, 'scores'>,
  score: number,
  firstLine: number,
  shards: number,
): number {
  let sum = 0;
  for (let line = firstLine; line < firstLine + shards; line++) {
    sum += floats[(scores + line * scoreBytes) / FLOAT_BYTES + score] as number;
  }
  return sum;
}

/**
 * min(1, c / (‖g‖ + 1e-6)), where c is the clip's norm and ‖g‖² the sum, in float64 and in order, of the chunks' norms. NaN if a gradient is.
 * @param floats the array that holds the norms, from element `at` on
 */
function clipFactor(floats: Float32Array, at: number, { chunks, maxNorm }: GradientClip): number {
  let squares = 0;
  for (let i = 0; i < chunks; i++) squares += floats[at + i] as number;
  return Math.min(1, maxNorm / (Math.sqrt(squares) + 1e-6));
}
