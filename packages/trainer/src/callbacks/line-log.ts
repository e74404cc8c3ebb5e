// A text file to which lines are appended one by one; each is on the disk before the run continues.
import { appendFile, open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ConvoyError, oneOf } from '@convoy/tensor';
import { describeValue, fileError } from '@convoy/tensor/errors';

/** The options of `csvLog` and `jsonLinesLog`. */
export interface LogOptions {
  /** The path of the file. Its directory must exist. */
  readonly file: string;
  /**
   * Whether lines are appended to the existing file. By default each fit overwrites it; a fit that resumes a run first writes the epochs before
   * its checkpoint again. Default false.
   */
  readonly append?: boolean;
}

export class LineLog {
  readonly file: string;
  readonly append: boolean;

  /** @throws ConvoyError CONVOY_INVALID_OPTION */
  constructor({ file, append = false }: LogOptions) {
    if (typeof file !== 'string' || file === '') {
      throw new ConvoyError('CONVOY_INVALID_OPTION', {
        given: `file: ${describeValue(file)}`,
        expected: 'the path of a file',
        fix: "Pass a path, for example file: 'epochs.log'.",
      });
    }
    this.file = resolve(file);
    this.append = oneOf('append', append, [true, false]);
  }

  /**
   * Creates the file, and empties it unless lines are appended.
   * @returns the first line that it has, if any
   * @throws ConvoyError CONVOY_FILE_UNWRITABLE
   */
  async start(): Promise<string | undefined> {
    const text = await this.#attempt(async () => {
      const file = await open(this.file, this.append ? 'a+' : 'w+');
      try {
        return await file.readFile('utf8');
      } finally {
        await file.close();
      }
    });
    if (text === '') return undefined;
    // A process that was killed may have left an incomplete line.
    if (!text.endsWith('\n')) await this.add('');
    return text.split(/\r?\n/, 1)[0];
  }

  /** @throws ConvoyError CONVOY_FILE_UNWRITABLE */
  add(line: string): Promise<void> {
    return this.#attempt(() => appendFile(this.file, `${line}\n`, { flush: true }));
  }

  async #attempt<T>(write: () => Promise<T>): Promise<T> {
    try {
      return await write();
    } catch (cause) {
      throw fileError('write', this.file, cause);
    }
  }
}
