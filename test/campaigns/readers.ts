// Reads thousands of damaged files with every reader of data sets: truncated, extended, and with other bytes. Each must be read, or be refused
// with a complete ConvoyError that names the file, within 10 s and with bounded memory.
// npm run campaign:readers -- --cases 10000 --seed 1
import { fuzzReaders } from '../../packages/datasets/test/fuzz/fuzz-readers.ts';
import { campaignOptions } from './options.ts';
import { row } from './row.ts';

const { cases, seed } = campaignOptions({ cases: 10_000, seed: 1 });
const print = (line: string) => process.stdout.write(`${line}\n`);

print(`${'reader'.padEnd(12)}${row('read', 'refused', 'slowest ms')}`);
const reports = await fuzzReaders({ cases, seed });
for (const { name, accepted, rejected, slowestMilliseconds } of reports) {
  print(`${name.padEnd(12)}${row(accepted, rejected, slowestMilliseconds)}`);
}
const problems = reports.flatMap(({ name, problem }) => (problem === undefined ? [] : [`${name}: ${problem}`]));
const total = reports.reduce((sum, { accepted, rejected }) => sum + accepted + rejected, 0);
print(`${total} files, ${problems.length} problems`);
for (const problem of problems) print(problem);
if (problems.length > 0) process.exitCode = 1;
