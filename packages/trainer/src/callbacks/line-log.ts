// A text file that grows by one line at a time, each on the disk before the run goes on.
import { appendFile, open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ConvoyError, oneOf } from '@convoy/tensor';
import { describeValue, fileError } from '@convoy/tensor/errors';

export interface LogOptions {
  /** The path of the file; its directory exists. */
  readonly file: string;
  /** Whether lines are added to those that the file holds; by default each fit writes it anew, if it resumes a run with all of its epochs. */
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
   * Creates the file or empties it, unless it is to be added to.
   * @returns the first line that it holds
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
    // A process that was killed may have left a line without its end.
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
