// A program that tries what needs WebAssembly, and reports the errors. Its argument, if any, is a limit of its address space in bytes, which
// it sets after its start: Node itself would not start with it.
import { execFileSync } from 'node:child_process';
import { createLearner } from '@convoy/layers';
import { ConvoyError, matmul, tensor } from '@convoy/tensor';
import { createSharedMemory } from '@convoy/tensor/memory';
import { createTrainer } from '@convoy/trainer';
import { regression } from '../small-cases.ts';

export interface LimitedReport {
  readonly [attempt: string]: { readonly code: string; readonly message: string; readonly cause: string };
}

const [addressSpace] = process.argv.slice(2);
if (addressSpace) execFileSync('prlimit', ['--pid', String(process.pid), `--as=${addressSpace}`]);

const attempts: Readonly<Record<string, () => unknown>> = {
  trainer: () => createTrainer({ ...regression, workers: 1 }),
  learner: () => createLearner(regression),
  operation: () => matmul(tensor([[1]]), tensor([[2]])),
  'large memory': () => createSharedMemory({ what: 'a test', bytes: 2 ** 31, fix: 'Nothing.' }),
};
const report: Record<string, LimitedReport[string]> = {};
for (const [name, attempt] of Object.entries(attempts)) {
  try {
    await attempt();
  } catch (error) {
    const { code, message, cause } = error instanceof ConvoyError ? error : { code: 'none', ...(error as Error) };
    report[name] = { code, message, cause: cause instanceof Error ? cause.name : 'none' };
  }
}
process.stdout.write(JSON.stringify(report));
