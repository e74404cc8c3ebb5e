// What a worker's thread loads. Each module takes about 50 KiB of memory in every thread, and time when the thread starts.
import { expect, test } from 'vitest';
import { reportOf } from './run-program.ts';

test('a worker loads what runs a plan, and nothing that compiles one', async () => {
  const loaded = await reportOf<readonly string[]>(new URL('programs/worker-modules.ts', import.meta.url));
  const own = loaded.flatMap((url) => /packages\/(.*)/.exec(url)?.[1] ?? []);
  expect(own).toContain('trainer/src/worker/step-worker.ts');
  expect(own).toContain('layers/src/runtime/block-runner.ts');
  expect(
    own.filter((path) => /families|wasm|ops|reference|layers\/src\/(?!runtime\/)|src\/index\.ts/.test(path)),
  ).toEqual([]);
  expect(own.length).toBeLessThan(40);
});
