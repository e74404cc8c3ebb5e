// The tests of the kernels, tested: the comparison with the reference rejects a kernel with any wrong operation or
// address.
import { expect, test } from 'vitest';
import { examples } from './cases/table.ts';
import { survivors } from './mutants.ts';

for (const { name, problems, mutants } of examples) {
  if (!mutants) continue;
  test(name, () => {
    const { survivors: passing, count } = survivors(problems(), mutants);
    expect(count).toBeGreaterThan(1);
    expect(passing, `of ${count} mutants`).toHaveLength(mutants.harmless ?? 0);
  });
}
