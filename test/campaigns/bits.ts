// Compares the bits of every run in test/golden/bits.json, on the learner and on trainers with 1, 2 and 3 workers.
// npm run campaign:bits
import { bitsCases, bitsOfLearner, bitsOfTrainer, readBits } from '../bits.ts';
import { campaignOptions } from './options.ts';

const WORKERS = [1, 2, 3] as const;

campaignOptions({});
const { hashes } = readBits();
const differing: string[] = [];
const start = performance.now();
for (const run of bitsCases()) {
  const found = [['learner', bitsOfLearner(run)]];
  for (const workers of WORKERS) found.push([`${workers} workers`, await bitsOfTrainer(run, workers)]);
  const wrong = found.filter(([, hash]) => hash !== hashes[run.name]).map(([name]) => name);
  if (wrong.length > 0) differing.push(run.name);
  process.stdout.write(`${run.name}: ${wrong.length === 0 ? 'the pinned bits' : `OTHER BITS: ${wrong.join(', ')}`}\n`);
}
const seconds = ((performance.now() - start) / 1000).toFixed(0);
process.stdout.write(`${bitsCases().length} runs in ${seconds} s, ${differing.length} with other bits.\n`);
if (differing.length > 0) process.exitCode = 1;
