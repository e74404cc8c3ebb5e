// Decides whether disposed trainers left anything behind.

export interface LeftBehind {
  /** The numbers of threads that were requested, that were started, and that still live. */
  readonly expected: number;
  readonly started: number;
  readonly left: number;
  /** The resources that keep the process alive now and did not at the start, by the names that Node gives them. */
  readonly resources: readonly string[];
  /** The growth of resident memory since the first trainers, in MiB. */
  readonly growth: number;
}

/** In MiB. Measured: 90 trainers add nothing; if they left their shared memory behind, they would add about 200. */
export const disposalLimits = { growth: 16 } as const;

export function problemsOf({ expected, started, left, resources, growth }: LeftBehind): readonly string[] {
  return [
    started !== expected && `${started} threads were started, expected ${expected}`,
    left > 0 && `${left} threads are left`,
    resources.length > 0 && `handles are left: ${resources.join(', ')}`,
    !(growth <= disposalLimits.growth) &&
      `resident memory grew by ${growth.toFixed(1)} MiB, expected at most ${disposalLimits.growth}`,
  ].filter((problem) => problem !== false);
}
