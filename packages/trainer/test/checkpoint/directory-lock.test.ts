// A lock keeps every other run out, for as long as the process that took it runs, and not longer.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../../../datasets/test/temporary-directory.ts';
import { DirectoryLock, LOCK_FILE } from '../../src/checkpoint/directory-lock.ts';
import { isRunning, ownIdentity, type ProcessIdentity } from '../../src/checkpoint/process-identity.ts';
import { expectRefusal } from '../refusal.ts';
import { runProgram } from '../run-program.ts';

const root = temporaryDirectory();
const linux = it.skipIf(process.platform !== 'linux');
const holder = new URL('../programs/lock-holder.ts', import.meta.url);
const racer = new URL('../programs/lock-racer.ts', import.meta.url);
let directory: string;

beforeEach(() => {
  directory = join(root, randomUUID());
  mkdirSync(directory);
});

const files = () => readdirSync(directory).sort();
const acquire = () => DirectoryLock.acquire(directory);

/** A lock file as another process would have written it. */
function writeLock(changes: { readonly [Key in keyof ProcessIdentity]?: ProcessIdentity[Key] | undefined }): string {
  const id = randomUUID();
  writeFileSync(join(directory, LOCK_FILE), JSON.stringify({ id, holder: { ...ownIdentity(), ...changes } }));
  return id;
}

describe('the lock of a directory', () => {
  it('is a file that names the process, until it is released', async () => {
    const lock = await acquire();
    expect(JSON.parse(readFileSync(join(directory, LOCK_FILE), 'utf8'))).toMatchObject({ holder: ownIdentity() });
    expect(files()).toEqual([LOCK_FILE]);
    lock.release();
    expect(files()).toEqual([]);
    (await acquire()).release();
  });

  it('keeps out a second run of the same process', async () => {
    const lock = await acquire();
    await expectRefusal(acquire(), 'CONVOY_DIRECTORY_IN_USE', /another run of this process uses$/);
    expect(files()).toEqual([LOCK_FILE]);
    lock.release();
  });

  it('keeps out the run of another process', async () => {
    const lock = await acquire();
    const { exitCode, stdout, stderr } = await runProgram(holder, { arguments: [directory, 'exit'] });
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toContain(`which process ${process.pid} on ${ownIdentity().host} uses`);
    expect(files()).toEqual([LOCK_FILE]);
    lock.release();
  });

  it.each(['exit', 'error', 'end'])('goes with its process and what it was writing: %s', async (ending) => {
    const { stdout } = await runProgram(holder, { arguments: [directory, ending] });
    expect(stdout).toBe('locked\n');
    expect(files()).toEqual([]);
  });

  it('is taken over from a process that was killed, with what it was writing and nothing else', async () => {
    const others = [
      `best.safetensors.${randomUUID()}.tmp`,
      `step-000000001.safetensors.12345678.${randomUUID()}.tmp`,
      'x.tmp',
    ];
    for (const name of others) writeFileSync(join(directory, name), name);
    await runProgram(holder, { arguments: [directory, 'killed'] });
    expect(files()).toHaveLength(others.length + 2);
    const lock = await acquire();
    expect(files()).toEqual([...others, LOCK_FILE].sort());
    lock.release();
    expect(files()).toEqual(others.toSorted());
  });

  linux('is taken over from a process whose number another one has now, or that ran before a restart', async () => {
    for (const changes of [{ started: '1' }, { boot: 'earlier' }, { pid: 2 ** 30 }]) {
      writeLock(changes);
      (await acquire()).release();
      expect(files()).toEqual([]);
    }
  });

  it.each([
    ['on another host', { host: 'elsewhere' }],
    ['in another namespace', { namespace: 'pid:[1]' }],
    ['whose start is unknown', { started: undefined }],
  ] as const)('of a process %s stays, and the error tells which file to remove', async (_, changes) => {
    if ('namespace' in changes && process.platform !== 'linux') return;
    const id = writeLock(changes);
    const error = await expectRefusal(acquire(), 'CONVOY_DIRECTORY_IN_USE', /uses$/);
    expect(error.fix).toContain(`remove the file ${JSON.stringify(join(directory, LOCK_FILE))}`);
    expect(readFileSync(join(directory, LOCK_FILE), 'utf8')).toContain(id);
    expect(files()).toEqual([LOCK_FILE]);
  });

  it.each(['', '{"id":"../x","holder":{"host":"h","pid":1}}'])(
    'is taken over if it stays incomplete: %j',
    async (text) => {
      writeFileSync(join(directory, LOCK_FILE), text);
      (await acquire()).release();
      expect(files()).toEqual([]);
    },
  );

  it('is respected if it is completed late', async () => {
    writeFileSync(join(directory, LOCK_FILE), '');
    const refused = expectRefusal(acquire(), 'CONVOY_DIRECTORY_IN_USE', /uses$/);
    await new Promise((resolve) => setTimeout(resolve, 200));
    writeLock({ host: 'elsewhere' });
    await refused;
  });

  it('is removed only by the one who has it', async () => {
    const lock = await acquire();
    const id = writeLock({ host: 'elsewhere' });
    lock.release();
    expect(readFileSync(join(directory, LOCK_FILE), 'utf8')).toContain(id);
  });

  it('leaves nothing of processes that were killed while they removed a lock', async () => {
    const id = writeLock({ pid: 2 ** 30 });
    const guard = JSON.stringify({ id: randomUUID(), holder: { ...ownIdentity(), pid: 2 ** 30 } });
    for (const name of [id, randomUUID()]) writeFileSync(join(directory, `${LOCK_FILE}.${name}`), guard);
    const lock = await acquire();
    expect(files()).toEqual([LOCK_FILE]);
    lock.release();
  });

  it('fails where it cannot be', async () => {
    for (const place of [join(directory, 'absent'), '/proc']) {
      await expectRefusal(DirectoryLock.acquire(place), 'CONVOY_FILE_UNWRITABLE', /convoy\.lock/);
    }
  });

  it('is never held by two processes, although they race for it and are killed with it', {
    timeout: 60_000,
  }, async () => {
    const race = async (milliseconds: number) => runProgram(racer, { arguments: [directory, `${milliseconds}`] });
    // Each one's death is the next one's stale lock.
    const results = await Promise.all(Array.from({ length: 6 }, (_, i) => race(300 + 150 * i)));
    for (const { exitCode, stdout, stderr } of results) {
      expect({ exitCode, stderr, stdout }).toEqual({
        exitCode: null,
        stderr: '',
        stdout: expect.stringMatching(/^taken \d+ times\n$/),
      });
    }
    (await acquire()).release();
    expect(existsSync(join(directory, LOCK_FILE))).toBe(false);
  });
});

describe('isRunning', () => {
  it('tells this process from one that has ended', async () => {
    expect(isRunning(ownIdentity())).toBe(process.platform === 'linux' ? true : undefined);
    const child = spawn(process.execPath, ['-e', '0']);
    const { pid } = child;
    await once(child, 'close');
    expect(isRunning({ pid: pid as number, host: ownIdentity().host })).toBe(false);
  });

  linux('counts a process as ended although its parent does not ask for its exit code', async () => {
    const shell = spawn('sh', ['-c', 'sleep 0.2 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] });
    const [pid] = (await once(shell.stdout, 'data')).map(Number) as [number];
    await expect.poll(() => readFileSync(`/proc/${pid}/stat`, 'utf8')).toMatch(/\) Z /);
    expect(process.kill(pid, 0)).toBe(true);
    expect(isRunning({ pid, host: ownIdentity().host })).toBe(false);
    shell.kill('SIGKILL');
  });
});
