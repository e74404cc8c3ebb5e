// The test files that take longest. A full run starts with them, so that no core is idle at the end; `npm run check:quick` leaves them out.
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The files that take more than about 4 s on 2 cores, the longest first. */
export const LONG_TESTS: readonly string[] = [
  'packages/kernels/test/mutants.test.ts',
  'test/bits.test.ts',
  'packages/trainer/test/faults.test.ts',
  'test/documentation.test.ts',
  'test/campaign-faults.test.ts',
  'packages/trainer/test/reproducibility.test.ts',
  'packages/layers/test/conformance.test.ts',
  'test/campaign-kills.test.ts',
  'apps/cli/test/learning.test.ts',
  'packages/trainer/test/models.test.ts',
  'bench/test/bench.test.ts',
  'test/responsiveness.test.ts',
  'test/campaign-soak.test.ts',
  'apps/cli/test/terminal.test.ts',
  'test/campaign-data.test.ts',
  'apps/cli/test/resume.test.ts',
  'packages/kernels/test/references.test.ts',
  'packages/trainer/test/process-exit.test.ts',
  'packages/trainer/test/learning-rate-search.test.ts',
];

/** Its place in the list, or one after the end. */
export function rankOf(file: string): number {
  const rank = LONG_TESTS.findIndex((long) => file.endsWith(`/${long}`));
  return rank < 0 ? LONG_TESTS.length : rank;
}

export class LongTestsFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => rankOf(a.moduleId) - rankOf(b.moduleId));
  }
}
