// Every kernel family against its reference: the examples and the random problems of the table.
import fc from 'fast-check';
import { describe, test } from 'vitest';
import { check } from './cases/kernel-cases.ts';
import { examples, table } from './cases/table.ts';

test.each(examples)('$name', ({ problems }) => {
  for (const problem of problems()) check(problem);
});

describe('over random problems', () => {
  for (const [family, { random }] of Object.entries(table)) {
    for (const { title, problems, runs } of random) {
      test([family, title].filter(Boolean).join(', '), () =>
        fc.assert(fc.property(problems, check), { numRuns: runs }),
      );
    }
  }
});
