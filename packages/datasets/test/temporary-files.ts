// Files with given bytes, which are removed after the tests of one test file.
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { temporaryDirectory } from './temporary-directory.ts';

export function temporaryFiles() {
  const directory = temporaryDirectory();
  let files = 0;
  return {
    directory,
    /** Writes a file and returns its path. */
    async of(bytes: Uint8Array | string, name = `file-${files++}`): Promise<string> {
      const path = join(directory, name);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, bytes);
      return path;
    },
  };
}
