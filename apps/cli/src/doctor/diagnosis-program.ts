// The program that `examine` starts: it prints the parts of a diagnosis, one per line, as soon as they are found.
import { writeSync } from 'node:fs';
import { diagnosisParts } from '@convoy/trainer';

const STDOUT = 1;

for await (const part of diagnosisParts()) writeSync(STDOUT, `${JSON.stringify(part)}\n`);
// A thread that could not start may have left something behind.
process.exit(0);
