// The directory in which a run keeps its checkpoints, and which it uses alone. Files with other names are not touched.
import { mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { syncDirectory, writeDurably } from '@convoy/formats';
import { positiveInteger } from '@convoy/tensor';
import { fileError } from '@convoy/tensor/errors';
import { BEST_FILE, removeFile, stepFile, stepsIn } from './checkpoint-files.ts';
import { DirectoryLock } from './directory-lock.ts';
import { encodeSnapshot } from './encoding.ts';
import type { TrainingSnapshot } from './snapshot.ts';

export class CheckpointDirectory {
  readonly path: string;
  readonly #keep: number;
  readonly #lock: DirectoryLock;
  /** Resolves when all saves so far have ended, successfully or not. */
  #saves: Promise<void> = Promise.resolve();

  private constructor(path: string, keep: number, lock: DirectoryLock) {
    this.path = path;
    this.#keep = keep;
    this.#lock = lock;
  }

  /**
   * Creates the directory if it is missing, and locks it until `close`. Removes incomplete files that a killed process has left.
   * @param keep how many checkpoints are kept, not counting the best one
   * @throws ConvoyError CONVOY_INVALID_OPTION, CONVOY_FILE_UNWRITABLE, CONVOY_FILE_UNREADABLE; CONVOY_DIRECTORY_IN_USE if another run has
   * locked it
   */
  static async open(path: string, keep: number): Promise<CheckpointDirectory> {
    positiveInteger('keep', keep);
    await makeDirectory(path).catch((cause) => Promise.reject(fileError('write', path, cause)));
    return new CheckpointDirectory(path, keep, await DirectoryLock.acquire(path));
  }

  /**
   * Writes a checkpoint. When it is on the disk, removes the oldest ones so that `keep` are left. Checkpoints of later steps, which are of
   * another run, are not touched. Saves run one after the other.
   * @param snapshot must not change before the promise resolves
   * @returns the path of the file
   * @throws ConvoyError CONVOY_FILE_UNWRITABLE, and all earlier checkpoints are unchanged; CONVOY_INVALID_DATA
   */
  async save(snapshot: TrainingSnapshot): Promise<string> {
    const { step } = snapshot.position;
    const path = join(this.path, stepFile(step));
    await this.#write(path, snapshot, async () => {
      const upToThis = (await stepsIn(this.path)).filter((other) => other <= step);
      for (const old of upToThis.slice(0, -this.#keep)) await removeFile(join(this.path, stepFile(old)));
    });
    return path;
  }

  /**
   * Writes the checkpoint that is kept as the best, and replaces the previous one.
   * @returns the path of the file
   * @throws ConvoyError as `save`
   */
  async saveBest(snapshot: TrainingSnapshot): Promise<string> {
    const path = join(this.path, BEST_FILE);
    await this.#write(path, snapshot);
    return path;
  }

  /** Unlocks the directory after the running saves. No save follows. */
  async close(): Promise<void> {
    await this.#saves;
    this.#lock.release();
  }

  #write(path: string, snapshot: TrainingSnapshot, afterwards?: () => Promise<void>): Promise<void> {
    const pieces = encodeSnapshot(snapshot);
    const saved = this.#saves.then(async () => {
      await writeDurably(path, pieces, this.#lock.temporaryPath(path));
      await afterwards?.();
    });
    // Only the caller of this save gets its failure; the next save is tried in any case.
    this.#saves = saved.catch(() => undefined);
    return saved;
  }
}

/** Creates a directory that is missing, durably: its name and the names of new directories above it are on the disk when this resolves. */
async function makeDirectory(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true });
  if (first === undefined) return;
  for (let made = resolve(path); made.length >= resolve(first).length; made = dirname(made)) {
    await syncDirectory(dirname(made));
  }
}
