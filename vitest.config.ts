import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { LongTestsFirst } from './scripts/long-tests.ts';

// Our own condition comes first, then Node's: tests run the TypeScript source of every package, never an outdated dist.
const conditions = ['@convoy/source', 'node'];

// This test measures the machine, so no other test may run at the same time.
const timing = 'test/responsiveness.test.ts';

// Tests start hundreds of processes and worker threads. With Node's cache of compiled modules a process that loads all packages starts in
// 0.36 s of a core, without it in 0.7 s; three workers start in 0.22 s and 0.38 s. Processes inherit the variable.
const { NODE_COMPILE_CACHE = fileURLToPath(new URL('node_modules/.cache/node-compile', import.meta.url)) } =
  process.env;
Object.assign(process.env, { NODE_COMPILE_CACHE });

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    // Processes, not threads: tests start their own worker threads, which inherit the condition from here. Each file has its own process: files of
    // the packages without threads could share processes, which saves 18 s of a core, but then the mocks of one file would affect the next one.
    pool: 'forks',
    execArgv: ['--conditions=@convoy/source'],
    testTimeout: 30_000,
    sequence: { sequencer: LongTestsFirst },
    projects: [
      {
        extends: true,
        test: {
          name: 'all',
          include: ['{packages,apps}/*/test/**/*.test.ts', '{bench,test}/**/*.test.ts'],
          exclude: [timing, '**/node_modules/**'],
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: { name: 'alone', include: [timing], maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
    ],
  },
});
