import { expect, it } from 'vitest';
import { reportOf } from './run-program.ts';

it('outputs that were dropped do not stay in memory, neither of the main thread nor of workers', {
  timeout: 60_000,
}, async () => {
  const program = new URL('programs/dropped-outputs.ts', import.meta.url);
  const mebibytes = await reportOf<readonly number[]>(program);
  expect(mebibytes).toHaveLength(40);
  // 30 predictions would add 240 MiB.
  expect(Math.max(...mebibytes) - (mebibytes[9] as number)).toBeLessThan(64);
});
