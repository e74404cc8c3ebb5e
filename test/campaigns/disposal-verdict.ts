// Whether trainers that were disposed of left something behind.

export interface LeftBehind {
  /** Threads that were asked for, that were started, and that are left. */
  readonly expected: number;
  readonly started: number;
  readonly left: number;
  /** What keeps the process alive and did not at the start, as Node names it. */
  readonly resources: readonly string[];
  /** MiB of resident memory more than after the first trainers. */
  readonly growth: number;
}

/** MiB. Measured: 90 trainers add none at all; were they to leave their shared memory behind, they would add some 200. */
export const disposalLimits = { growth: 16 } as const;

export function problemsOf({ expected, started, left, resources, growth }: LeftBehind): readonly string[] {
  return [
    started !== expected && `${started} threads were started in place of ${expected}`,
    left > 0 && `${left} threads are left`,
    resources.length > 0 && `handles are left: ${resources.join(', ')}`,
    !(growth <= disposalLimits.growth) &&
      `resident memory has grown by ${growth.toFixed(1)} MiB, not at most ${disposalLimits.growth}`,
  ].filter((problem) => problem !== false);
}
