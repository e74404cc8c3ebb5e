// Stands in for `caller.ts` in the test of the campaign: its calls have one fault each.
import { writeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { MAX_CALL_MILLISECONDS } from './api-campaign.ts';
import type { Report } from './caller.ts';

const [, first = 0, last = 0] = process.argv.slice(2).map(Number);
const write = (report: Report) => void writeSync(1, `${JSON.stringify(report)}\n`);
const faults: readonly (() => unknown)[] = [
  () => {},
  () => {
    for (;;);
  },
  () => process.kill(process.pid, 'SIGKILL'),
  () => process.exit(7),
  () => delay(MAX_CALL_MILLISECONDS + 10),
  () => write({ kind: 'problem', call: 5, label: 'call 5', problem: 'a problem' }),
  () => {},
];

for (let call = first; call < last; call++) {
  write({ kind: 'call', call, label: `call ${call}` });
  const start = performance.now();
  await faults[call]?.();
  write({ kind: 'outcome', outcome: 'accepted', milliseconds: performance.now() - start });
}
