// A directory that one run uses alone: a lock file in it names the process of the run. A lock whose process has ended is removed.
import { randomUUID } from 'node:crypto';
import { closeSync, fstatSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { ConvoyError } from '@convoy/tensor';
import { errorCode, fileError } from '@convoy/tensor/errors';
import { isRunning, ownIdentity, type ProcessIdentity } from './process-identity.ts';

/** The content of a lock file. */
interface LockRecord {
  /** Different for each lock. */
  readonly id: string;
  /** Undefined for a file that its process has not written to the end. */
  readonly holder: ProcessIdentity | undefined;
}

export const LOCK_FILE = 'convoy.lock';
/** A process writes its lock at once after creating it. One that is incomplete for so many milliseconds was left by a process that was killed. */
const MS_TO_WRITE = 1000;
const MS_BETWEEN_LOOKS = 50;

export class DirectoryLock {
  /** Those that this thread holds. */
  static readonly #held = new Set<DirectoryLock>();
  readonly #path: string;
  readonly #id: string;

  private constructor(path: string, id: string) {
    this.#path = path;
    this.#id = id;
  }

  /**
   * @param directory exists
   * @throws ConvoyError CONVOY_DIRECTORY_IN_USE, CONVOY_FILE_UNWRITABLE, CONVOY_FILE_UNREADABLE
   */
  static async acquire(directory: string): Promise<DirectoryLock> {
    const path = join(directory, LOCK_FILE);
    const id = randomUUID();
    await take(path, { id, holder: ownIdentity() });
    attempt('write', path, () => removeGuards(path));
    if (DirectoryLock.#held.size === 0) process.on('exit', DirectoryLock.#releaseAll);
    const lock = new DirectoryLock(path, id);
    DirectoryLock.#held.add(lock);
    return lock;
  }

  /** A name for a file that is being written to `path`. If this process is killed, the next holder of the lock removes the file. */
  temporaryPath(path: string): string {
    return `${path}.${randomUUID().slice(0, 8)}${suffixOf(this.#id)}`;
  }

  /** Does not fail: a lock that cannot be removed counts as left behind when this process has ended. */
  release(): void {
    DirectoryLock.#held.delete(this);
    if (DirectoryLock.#held.size === 0) process.off('exit', DirectoryLock.#releaseAll);
    try {
      if (read(this.#path)?.id === this.#id) remove(this.#path, this.#id);
    } catch {}
  }

  static readonly #releaseAll = (): void => {
    for (const lock of DirectoryLock.#held) lock.release();
  };
}

/**
 * Creates the lock file, after removing one whose process has ended. Several processes may find that at the same time, and one of them may
 * see the file long before it acts. So a process first takes a lock for removing exactly this one, which its id names, and looks again.
 */
async function take(path: string, record: LockRecord): Promise<void> {
  while (!create(path, record)) {
    const other = await completed(path);
    if (other === undefined) continue;
    const running = other.holder === undefined ? false : isRunning(other.holder);
    if (running !== false) throw inUse(path, other.holder as ProcessIdentity, running);
    const guard = join(dirname(path), `${LOCK_FILE}.${other.id}`);
    await take(guard, record);
    attempt('write', path, () => {
      try {
        if (read(path)?.id === other.id) remove(path, other.id);
      } finally {
        rmSync(guard, { force: true });
      }
    });
  }
}

/** Removes the locks for removing a lock whose processes were killed. None of them can matter any more to the holder of the lock itself. */
function removeGuards(path: string): void {
  const directory = dirname(path);
  for (const name of readdirSync(directory)) {
    const holder = name.startsWith(`${LOCK_FILE}.`) ? read(join(directory, name))?.holder : undefined;
    if (holder && isRunning(holder) === false) rmSync(join(directory, name), { force: true });
  }
}

/** Returns whether the file was created; false if it exists. */
function create(path: string, record: LockRecord): boolean {
  return attempt('write', path, () => {
    let file: number;
    try {
      file = openSync(path, 'wx');
    } catch (error) {
      if (errorCode(error) === 'EEXIST') return false;
      throw error;
    }
    try {
      writeFileSync(file, JSON.stringify(record));
    } catch (error) {
      rmSync(path, { force: true });
      throw error;
    } finally {
      closeSync(file);
    }
    return true;
  });
}

/** The record in the file, or undefined if there is no file. Waits for a process that has only created it. */
async function completed(path: string): Promise<LockRecord | undefined> {
  for (let waited = 0; ; waited += MS_BETWEEN_LOOKS) {
    const record = attempt('read', path, () => read(path));
    if (record?.holder !== undefined || record === undefined || waited >= MS_TO_WRITE) return record;
    await setTimeout(MS_BETWEEN_LOOKS);
  }
}

function read(path: string): LockRecord | undefined {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const { ino, ctimeNs } = fstatSync(file, { bigint: true });
    return parse(readFileSync(file, 'utf8')) ?? { id: `${ino}-${ctimeNs}`, holder: undefined };
  } finally {
    closeSync(file);
  }
}

function parse(text: string): LockRecord | undefined {
  try {
    const { id, holder } = JSON.parse(text);
    const isComplete =
      typeof id === 'string' && typeof holder.host === 'string' && Number.isSafeInteger(holder.pid) && holder.pid > 0;
    return isComplete && basename(id) === id ? { id, holder } : undefined;
  } catch {
    return undefined;
  }
}

/** Removes a lock, and before it what its process was writing, so that these files are never left without their lock. */
function remove(path: string, id: string): void {
  const directory = dirname(path);
  for (const name of readdirSync(directory)) {
    if (name.endsWith(suffixOf(id))) rmSync(join(directory, name), { force: true });
  }
  rmSync(path, { force: true });
}

const suffixOf = (id: string): string => `.${id}.tmp`;

function attempt<T>(what: 'read' | 'write', path: string, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    throw fileError(what, path, cause);
  }
}

/** @param running undefined if that cannot be seen from here */
function inUse(path: string, { pid, host }: ProcessIdentity, running: true | undefined): ConvoyError {
  const user = pid === process.pid && running ? 'another run of this process uses' : `process ${pid} on ${host} uses`;
  const remedy = 'pass another directory';
  return new ConvoyError('CONVOY_DIRECTORY_IN_USE', {
    given: `the directory ${JSON.stringify(dirname(path))}, which ${user}`,
    expected: 'a directory that no other run uses',
    fix: running
      ? `Wait until that run has ended, or ${remedy}.`
      : `If that process has ended, which cannot be seen from here, remove the file ${JSON.stringify(path)}. Otherwise ${remedy}.`,
  });
}
