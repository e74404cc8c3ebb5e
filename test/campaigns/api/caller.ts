// The process that makes the calls. It announces each call before it makes it, so that the campaign knows which call
// ended or blocked the process, and then reports what was wrong with it, if anything.
// node … caller.ts <seed> <first> <last> <percentage of slow calls>
import { mkdtempSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Choices } from './choices.ts';
import { UserError } from './hostile-values.ts';
import { type Mutation, mutate, placesOf } from './mutation.ts';
import { describeRaw, problemOf } from './problem.ts';
import type { Target } from './target.ts';
import { endTrainer, quickTargets, slowTargets } from './targets.ts';

/** What the process writes, one line of JSON each. */
export type Report =
  | { readonly kind: 'call'; readonly call: number; readonly label: string }
  | { readonly kind: 'outcome'; readonly outcome: 'accepted' | 'rejected'; readonly milliseconds: number }
  | { readonly kind: 'problem'; readonly call: number; readonly label: string; readonly problem: string }
  | { readonly kind: 'memory'; readonly call: number; readonly mebibytes: number };

const [seed = 0, first = 0, last = 0, slowPercentage = 0] = process.argv.slice(2).map(Number);
const MEMORY_INTERVAL = 500;
const { gc } = globalThis;

// A text as the path of a file is relative to an empty folder.
const folder = mkdtempSync(join(tmpdir(), 'convoy-api-'));
process.chdir(folder);
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const write = (report: Report) => void writeSync(1, `${JSON.stringify(report)}\n`);
let call = first;
let label = '';
const problem = (text: string) => write({ kind: 'problem', call, label, problem: text });

// Errors outside of the call that caused them: in a callback of a timer, an event or a promise that nobody awaits.
for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (error: unknown) => {
    if (!(error instanceof UserError)) problem(`${event}: ${describeRaw(error)}`);
  });
}

/** Each target as often as it has values to replace, so that all of them are equally likely. */
const byPlace = (targets: readonly Target[]): readonly Target[] =>
  targets.flatMap((target) => Array<Target>(Math.max(1, placesOf(target.arguments()))).fill(target));
const [quick, slow] = [byPlace(quickTargets), byPlace(slowTargets)];

for (; call < last; call++) {
  const choices = new Choices(seed, call);
  const target = choices.of(choices.below(100) < slowPercentage ? slow : quick);
  const mutation = mutate(target.arguments(), choices);
  label = `${target.name}(${mutation.label})`;
  write({ kind: 'call', call, label });
  const start = performance.now();
  const outcome = await outcomeOf(target, mutation);
  write({ kind: 'outcome', outcome, milliseconds: performance.now() - start });
  if ((call + 1) % MEMORY_INTERVAL === 0) {
    gc?.();
    write({ kind: 'memory', call, mebibytes: process.memoryUsage().rss / 2 ** 20 });
  }
}
await endTrainer();
// Runs that were left behind may keep the process alive.
process.exit(0);

async function outcomeOf(target: Target, mutation: Mutation): Promise<'accepted' | 'rejected'> {
  try {
    const result = await target.call(...mutation.arguments);
    if (mutation.isUnknownOption) problem('accepted an unknown option');
    await target.use?.(result);
    return 'accepted';
  } catch (error) {
    const found = problemOf(error);
    if (found !== undefined) problem(found);
    return 'rejected';
  }
}
