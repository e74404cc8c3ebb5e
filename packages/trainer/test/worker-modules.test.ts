// The modules that a worker's thread loads. Each takes some 50 KiB of memory in every thread, and time when the thread starts.
import { expect, test } from 'vitest';
import { reportOf } from './run-program.ts';

test('a worker loads the engine, and nothing that compiles a plan', async () => {
  const loaded = await reportOf<readonly string[]>(new URL('programs/worker-modules.ts', import.meta.url));
  const own = loaded.flatMap((url) => /packages\/(.*)/.exec(url)?.[1] ?? []);
  expect(own).toContain('trainer/src/worker/step-worker.ts');
  expect(own).toContain('layers/src/runtime/engine.ts');
  expect(own.filter((path) => /^kernels\/|ops|reference|layers\/src\/(?!runtime\/)|src\/index\.ts/.test(path))).toEqual(
    [],
  );
  expect(own.length).toBeLessThanOrEqual(48);
});
