// A text file to which lines are appended one by one; each is on the disk before the run continues.
import { type FileHandle, open, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { appendDurably } from '@convoy/formats';
import { ConvoyError } from '@convoy/tensor';
import { checkOptions, flag, optional, text } from '@convoy/tensor/checks';
import { errorCode, fileError } from '@convoy/tensor/errors';

/** The options of `csvLog` and `jsonLinesLog`. */
export interface LogOptions {
  /** The path of a regular file, not of a device or a pipe. Its directory must exist. */
  readonly file: string;
  /**
   * Whether lines are appended to the existing file. By default each fit overwrites it; a fit that resumes a run first writes the epochs before
   * its checkpoint again. Default false.
   */
  readonly append?: boolean;
}

/** The first line is read in pieces of this size, up to the largest size. A longer one is cut. */
const PIECE_BYTES = 2 ** 12;
const MAX_LINE_BYTES = 2 ** 20;

export class LineLog {
  readonly file: string;
  readonly append: boolean;

  /**
   * @param of the function that has these options
   * @throws ConvoyError CONVOY_INVALID_OPTION
   */
  constructor(of: string, options: LogOptions) {
    const { file, append } = checkOptions(of, options, { file: text, append: optional(flag, false) });
    this.file = resolve(file);
    this.append = append;
  }

  /**
   * Creates the file, and empties it unless lines are appended.
   * @returns the first line that it has, if any
   * @throws ConvoyError CONVOY_FILE_UNWRITABLE
   */
  async start(): Promise<string | undefined> {
    return this.#attempt(async () => {
      await this.#refuseDevices();
      const file = await open(this.file, this.append ? 'a+' : 'w+');
      let line: string | undefined;
      let isUnfinished: boolean;
      try {
        line = await firstLine(file);
        isUnfinished = line !== undefined && !(await endsWithNewline(file));
      } finally {
        await file.close();
      }
      // A process that was killed may have left an incomplete line.
      if (isUnfinished) await appendDurably(this.file, '\n');
      return line;
    });
  }

  /** @throws ConvoyError CONVOY_FILE_UNWRITABLE */
  add(line: string): Promise<void> {
    return appendDurably(this.file, `${line}\n`);
  }

  /** Devices and pipes cannot be emptied or synced, may have no end, and may wait for a reader when they are opened. */
  async #refuseDevices(): Promise<void> {
    const entry = await stat(this.file).catch((error) => {
      if (errorCode(error) === 'ENOENT') return undefined;
      throw error;
    });
    // A directory has a clear error of its own.
    if (entry === undefined || entry.isFile() || entry.isDirectory()) return;
    throw new ConvoyError('CONVOY_FILE_UNWRITABLE', {
      given: `the path ${JSON.stringify(this.file)}, which is a device, a pipe or a socket`,
      expected: 'a regular file, or a path where one can be created',
      fix: 'Pass the path of a file. To send epochs elsewhere, write a callback with onEpochEnd.',
    });
  }

  async #attempt<T>(write: () => Promise<T>): Promise<T> {
    try {
      return await write();
    } catch (cause) {
      throw cause instanceof ConvoyError ? cause : fileError('write', this.file, cause);
    }
  }
}

async function firstLine(file: FileHandle): Promise<string | undefined> {
  let bytes = Buffer.alloc(0);
  while (!bytes.includes('\n') && bytes.length < MAX_LINE_BYTES) {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(PIECE_BYTES), 0, PIECE_BYTES, bytes.length);
    if (bytesRead === 0) break;
    bytes = Buffer.concat([bytes, buffer.subarray(0, bytesRead)]);
  }
  return bytes.length === 0 ? undefined : bytes.toString('utf8').split(/\r?\n/, 1)[0];
}

async function endsWithNewline(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer.toString() === '\n';
}
