// A text file to which lines are appended one by one; each is on the disk before the run continues.
import { appendFile, open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { checkOptions, flag, optional, text } from '@convoy/tensor/checks';
import { fileError } from '@convoy/tensor/errors';

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
