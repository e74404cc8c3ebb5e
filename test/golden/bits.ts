// Writes bits.json: the hashes of the runs in ../bits.ts, computed by the learner. Run it only together with an increment of `ARITHMETIC` and
// a decision record: `node --conditions=@convoy/source test/golden/bits.ts`.
import { writeFileSync } from 'node:fs';
import { ARITHMETIC } from '@convoy/layers/compile';
import { BITS_FILE, type Bits, bitsCases, bitsOfLearner } from '../bits.ts';

const bits: Bits = {
  arithmetic: ARITHMETIC,
  hashes: Object.fromEntries(bitsCases().map((run) => [run.name, bitsOfLearner(run)])),
};
writeFileSync(BITS_FILE, `${JSON.stringify(bits, undefined, 2)}\n`);
