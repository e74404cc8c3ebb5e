// A program that takes the lock of a directory again and again, for some milliseconds, and ends by SIGKILL while it holds the lock. As long as it
// holds the lock, a file with the number of its process says so. It reports any other such file whose process still runs.
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConvoyError } from '@convoy/tensor';
import { DirectoryLock } from '../../src/checkpoint/directory-lock.ts';
import { isRunning, ownIdentity } from '../../src/checkpoint/process-identity.ts';

const [directory, milliseconds] = process.argv.slice(2) as [string, string];
const end = performance.now() + Number(milliseconds);
const { host } = ownIdentity();
const own = `${process.pid}.inside`;

for (let taken = 0; ; ) {
  let lock: DirectoryLock;
  try {
    lock = await DirectoryLock.acquire(directory);
  } catch (error) {
    if (error instanceof ConvoyError && error.code === 'CONVOY_DIRECTORY_IN_USE') continue;
    throw error;
  }
  taken++;
  writeFileSync(join(directory, own), '');
  for (const name of readdirSync(directory)) {
    if (name.endsWith('.inside') && name !== own && isRunning({ pid: Number.parseInt(name, 10), host }) !== false) {
      process.stdout.write(`${name} and ${own} at the same time\n`);
    }
  }
  if (performance.now() > end) {
    process.stdout.write(`taken ${taken} times\n`);
    process.kill(process.pid, 'SIGKILL');
  }
  rmSync(join(directory, own));
  lock.release();
  await new Promise(setImmediate);
}
