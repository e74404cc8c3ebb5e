// What a trainer costs its process when nothing is asked of it, and after its end.
import { describe, expect, it } from 'vitest';
import type { LeftBehind } from './programs/many-trainers.ts';
import { reportOf, runProgram } from './run-program.ts';

const programNamed = (name: string) => new URL(`programs/${name}.ts`, import.meta.url);

describe('a process', () => {
  it.each([
    { ending: 'disposed', steps: 8 },
    { ending: 'forgotten', steps: 8 },
    { ending: 'unused', steps: 0 },
  ])('ends by itself with a trainer that is $ending', async ({ ending, steps }) => {
    const { exitCode, stdout, stderr, millisecondsToExit } = await runProgram(programNamed('lonely-trainer'), {
      arguments: [ending],
    });
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: String(steps), stderr: '' });
    expect(millisecondsToExit).toBeLessThan(2000);
  });
});

describe('disposal', () => {
  it('leaves no threads, and gives its memory back', { timeout: 60_000 }, async () => {
    const { started, left, resources, growthInMebibytes } = await reportOf<LeftBehind>(programNamed('many-trainers'), {
      nodeOptions: ['--expose-gc'],
    });
    expect({ started, left }).toEqual({ started: 45, left: 0 });
    expect(resources.filter((resource) => /worker|message|timeout|immediate/i.test(resource))).toEqual([]);
    // A thread alone takes about 10 MiB, so the threads of 20 trainers would not be overlooked.
    expect(growthInMebibytes).toBeLessThan(30);
  });
});
