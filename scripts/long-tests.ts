// The test files that take longest. A full run starts with them, so that no core is idle at the end; `npm run check:quick` leaves them out.
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** From the longest on: files of more than about 6 s, or of several processes or threads. */
export const LONG_TESTS: readonly string[] = [
  'packages/trainer/test/faults.test.ts',
  'apps/cli/test/learning.test.ts',
  'packages/trainer/test/reproducibility.test.ts',
  'apps/cli/test/train.test.ts',
  'test/bits.test.ts',
  'packages/trainer/test/resume.test.ts',
  'apps/cli/test/bad-input.test.ts',
  'packages/kernels/test/mutants.test.ts',
  'apps/cli/test/resume.test.ts',
  'test/documentation.test.ts',
  'apps/cli/test/model-module.test.ts',
  'test/campaign-faults.test.ts',
  'packages/layers/test/conformance.test.ts',
  'bench/test/bench.test.ts',
  'packages/trainer/test/interruption.test.ts',
  'packages/trainer/test/assisted.test.ts',
  'packages/trainer/test/models.test.ts',
  'test/campaign-kills.test.ts',
  'test/campaign-soak.test.ts',
  'test/responsiveness.test.ts',
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
