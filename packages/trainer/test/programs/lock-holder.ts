// A program that locks a directory. Its second argument says what it does then.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DirectoryLock } from '../../src/checkpoint/directory-lock.ts';

const [directory, ending] = process.argv.slice(2) as [string, string];
const lock = await DirectoryLock.acquire(directory);
writeFileSync(lock.temporaryPath(join(directory, 'step-000000007.safetensors')), 'half');
process.stdout.write('locked\n');
if (ending === 'killed') process.kill(process.pid, 'SIGKILL');
if (ending === 'exit') process.exit(0);
if (ending === 'error') throw new Error('as planned');
