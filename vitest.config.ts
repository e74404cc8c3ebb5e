import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// What Node itself goes by, after our own condition: tests run the TypeScript source of every package, never a stale dist.
const conditions = ['@convoy/source', 'node'];

// Node keeps the compiled form of modules here. Tests start hundreds of worker threads from TypeScript source, and each start takes half as long.
process.env['NODE_COMPILE_CACHE'] ??= fileURLToPath(new URL('node_modules/.cache/node', import.meta.url));

// Measures the machine, so nothing else may run beside it.
const timing = 'test/responsiveness.test.ts';

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    // Processes, not threads: tests start worker threads of their own, and those inherit the condition from here.
    pool: 'forks',
    execArgv: ['--conditions=@convoy/source'],
    testTimeout: 30_000,
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
