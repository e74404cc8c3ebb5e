// The directory in which a run keeps its checkpoints. It belongs to one run at a time; files of other names are left alone.
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { syncDirectory, writeDurably } from '@convoy/formats';
import { positiveInteger } from '@convoy/tensor';
import { fileError } from '@convoy/tensor/errors';
import { decodeSnapshot, encodeSnapshot } from './encoding.ts';
import type { TrainingSnapshot } from './snapshot.ts';

const BEST = 'best.safetensors';
const STEP = /^step-(\d{9,})\.safetensors$/;
/** What `writeDurably` leaves of these files in a process that was killed. */
const TEMPORARY = /^(?:best|step-\d{9,})\.safetensors\.[0-9a-f-]{36}\.tmp$/;

/** Nine digits, so that names sort like steps for the first billion of them. */
const fileName = (step: number): string => `step-${String(step).padStart(9, '0')}.safetensors`;

export class CheckpointDirectory {
  readonly path: string;
  readonly #keep: number;
  /** Settles when the last save that was asked for has ended, well or not. */
  #saves: Promise<void> = Promise.resolve();

  private constructor(path: string, keep: number) {
    this.path = path;
    this.#keep = keep;
  }

  /**
   * Creates the directory if it is missing, and removes what a killed process left half-written in it.
   * @param keep how many checkpoints stay, the best one apart
   * @throws ConvoyError CONVOY_INVALID_OPTION, CONVOY_FILE_UNWRITABLE, CONVOY_FILE_UNREADABLE
   */
  static async open(path: string, keep: number): Promise<CheckpointDirectory> {
    const directory = new CheckpointDirectory(path, positiveInteger('keep', keep));
    await makeDirectory(path).catch((cause) => Promise.reject(fileError('write', path, cause)));
    for (const name of await directory.#files()) if (TEMPORARY.test(name)) await directory.#remove(name);
    return directory;
  }

  /**
   * Writes a checkpoint, and once it is safe removes the oldest beyond `keep`; later ones, of another run, stay. The snapshot is read before
   * this returns its promise. Saves take their turns.
   * @returns the path of the file
   * @throws ConvoyError CONVOY_FILE_UNWRITABLE, with all earlier checkpoints as they were; CONVOY_INVALID_DATA
   */
  async save(snapshot: TrainingSnapshot): Promise<string> {
    const { step } = snapshot.position;
    const path = join(this.path, fileName(step));
    const bytes = encodeSnapshot(snapshot);
    await this.#inTurn(async () => {
      await write(path, bytes);
      const upToThis = (await this.#steps()).filter((other) => other <= step);
      for (const old of upToThis.slice(0, -this.#keep)) await this.#remove(fileName(old));
    });
    return path;
  }

  /**
   * Writes the checkpoint that is kept as the best, over the one before.
   * @returns the path of the file
   * @throws ConvoyError as `save`
   */
  async saveBest(snapshot: TrainingSnapshot): Promise<string> {
    const path = join(this.path, BEST);
    const bytes = encodeSnapshot(snapshot);
    await this.#inTurn(() => write(path, bytes));
    return path;
  }

  /**
   * The path of the checkpoint of the highest step, unless there is none.
   * @throws ConvoyError CONVOY_FILE_UNREADABLE, CONVOY_FILE_NOT_FOUND
   */
  async latest(): Promise<string | undefined> {
    const step = (await this.#steps()).at(-1);
    return step === undefined ? undefined : join(this.path, fileName(step));
  }

  #inTurn(save: () => Promise<void>): Promise<void> {
    const saved = this.#saves.then(save);
    // Whoever asked for this save hears of its failure; the next one has its own chance.
    this.#saves = saved.catch(() => undefined);
    return saved;
  }

  /** The steps of the checkpoints in the directory, rising. */
  async #steps(): Promise<number[]> {
    const steps = (await this.#files()).flatMap((name) => {
      const step = Number(STEP.exec(name)?.[1]);
      return name === fileName(step) ? [step] : [];
    });
    return steps.sort((a, b) => a - b);
  }

  async #files(): Promise<string[]> {
    const entries = await readdir(this.path, { withFileTypes: true }).catch((cause) =>
      Promise.reject(fileError('read', this.path, cause)),
    );
    return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
  }

  async #remove(name: string): Promise<void> {
    const path = join(this.path, name);
    await rm(path, { force: true }).catch((cause) => Promise.reject(fileError('write', path, cause)));
  }
}

/** Creates a directory that is missing, for good: its name, and those of new directories above it, are on the disk once this returns. */
async function makeDirectory(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true });
  if (first === undefined) return;
  for (let made = resolve(path); made.length >= resolve(first).length; made = dirname(made)) {
    await syncDirectory(dirname(made));
  }
}

/**
 * Reads a checkpoint, whole or not at all.
 * @throws ConvoyError CONVOY_FILE_NOT_FOUND, CONVOY_FILE_UNREADABLE, CONVOY_FILE_FORMAT
 */
export async function loadCheckpoint(path: string): Promise<TrainingSnapshot> {
  const bytes = await readFile(path).catch((cause) => Promise.reject(fileError('read', path, cause)));
  return decodeSnapshot(bytes, `the file ${JSON.stringify(path)}`);
}

const write = (path: string, bytes: Uint8Array): Promise<void> =>
  writeDurably(path, bytes).catch((cause) => Promise.reject(fileError('write', path, cause)));
