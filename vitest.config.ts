import { defineConfig } from 'vitest/config';

// What Node itself goes by, after our own condition: tests run the TypeScript source of every package, never a stale dist.
const conditions = ['@convoy/source', 'node'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['{packages,apps}/*/test/**/*.test.ts', '{bench,test}/**/*.test.ts'],
    // Processes, not threads: tests start worker threads of their own, and those inherit the condition from here.
    pool: 'forks',
    execArgv: ['--conditions=@convoy/source'],
    maxWorkers: 2,
    testTimeout: 30_000,
  },
});
