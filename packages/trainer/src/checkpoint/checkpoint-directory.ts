// The directory in which a run keeps its checkpoints. It belongs to one run at a time. Files with other names are not touched.
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { syncDirectory, writeDurably } from '@convoy/formats';
import { positiveInteger } from '@convoy/tensor';
import { fileError } from '@convoy/tensor/errors';
import { decodeSnapshot, encodeSnapshot } from './encoding.ts';
import type { TrainingSnapshot } from './snapshot.ts';

const BEST = 'best.safetensors';
const STEP = /^step-(\d{9,})\.safetensors$/;
/** The temporary files that `writeDurably` leaves if the process is killed. */
const TEMPORARY = /^(?:best|step-\d{9,})\.safetensors\.[0-9a-f-]{36}\.tmp$/;

/** Nine digits, so that names sort like steps up to the first billion steps. */
const fileName = (step: number): string => `step-${String(step).padStart(9, '0')}.safetensors`;

export class CheckpointDirectory {
  readonly path: string;
  readonly #keep: number;
  /** Resolves when all saves so far have ended, successfully or not. */
  #saves: Promise<void> = Promise.resolve();

  private constructor(path: string, keep: number) {
    this.path = path;
    this.#keep = keep;
  }

  /**
   * Creates the directory if it is missing, and removes incomplete files that a killed process has left.
   * @param keep how many checkpoints are kept, not counting the best one
   * @throws ConvoyError CONVOY_INVALID_OPTION, CONVOY_FILE_UNWRITABLE, CONVOY_FILE_UNREADABLE
   */
  static async open(path: string, keep: number): Promise<CheckpointDirectory> {
    const directory = new CheckpointDirectory(path, positiveInteger('keep', keep));
    await makeDirectory(path).catch((cause) => Promise.reject(fileError('write', path, cause)));
    for (const name of await directory.#files()) if (TEMPORARY.test(name)) await directory.#remove(name);
    return directory;
  }

  /**
   * Writes a checkpoint. When it is on the disk, removes the oldest ones so that `keep` are left. Checkpoints of later steps, which are of
   * another run, are not touched. The snapshot is encoded before this method returns its promise. Saves run one after the other.
   * @returns the path of the file
   * @throws ConvoyError CONVOY_FILE_UNWRITABLE, and all earlier checkpoints are unchanged; CONVOY_INVALID_DATA
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
   * Writes the checkpoint that is kept as the best, and replaces the previous one.
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
   * The path of the checkpoint with the highest step, if there is one.
   * @throws ConvoyError CONVOY_FILE_UNREADABLE, CONVOY_FILE_NOT_FOUND
   */
  async latest(): Promise<string | undefined> {
    const step = (await this.#steps()).at(-1);
    return step === undefined ? undefined : join(this.path, fileName(step));
  }

  #inTurn(save: () => Promise<void>): Promise<void> {
    const saved = this.#saves.then(save);
    // Only the caller of this save gets its failure; the next save is tried in any case.
    this.#saves = saved.catch(() => undefined);
    return saved;
  }

  /** The steps of the checkpoints in the directory, in rising order. */
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

/** Creates a directory that is missing, durably: its name and the names of new directories above it are on the disk when this resolves. */
async function makeDirectory(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true });
  if (first === undefined) return;
  for (let made = resolve(path); made.length >= resolve(first).length; made = dirname(made)) {
    await syncDirectory(dirname(made));
  }
}

/**
 * Reads a checkpoint, completely or not at all.
 * @throws ConvoyError CONVOY_FILE_NOT_FOUND, CONVOY_FILE_UNREADABLE, CONVOY_FILE_FORMAT
 */
export async function loadCheckpoint(path: string): Promise<TrainingSnapshot> {
  const bytes = await readFile(path).catch((cause) => Promise.reject(fileError('read', path, cause)));
  return decodeSnapshot(bytes, `the file ${JSON.stringify(path)}`);
}

const write = (path: string, bytes: Uint8Array): Promise<void> =>
  writeDurably(path, bytes).catch((cause) => Promise.reject(fileError('write', path, cause)));
