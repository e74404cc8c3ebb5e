// Durable writes: what is synced, and which failures of it count.
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { chunksOf } from '../src/chunks.ts';
import { appendDurably, syncDirectory, writeDurably } from '../src/durable-file.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'convoy-'));
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** The `ConvoyError` for a failure of the file system. */
const unwritable = (code: string) => ({ code: 'CONVOY_FILE_UNWRITABLE', cause: expect.objectContaining({ code }) });

const failure = (code: string) => Object.assign(new Error(`${code}: as planned`), { code });

/** Lets every sync of files, or of directories, fail during the work. There is no file system here that does so on request. */
async function withoutSync(of: 'files' | 'directories', code: string, work: () => Promise<void>): Promise<void> {
  const any = await open(directory);
  const prototype = Object.getPrototypeOf(any);
  await any.close();
  const { sync } = prototype;
  prototype.sync = async function (this: FileHandle) {
    if ((await this.stat()).isDirectory() === (of === 'directories')) throw failure(code);
    await sync.call(this);
  };
  try {
    await work();
  } finally {
    prototype.sync = sync;
  }
}

const bytes = Uint8Array.of(1, 2, 3);

describe('a durable write', () => {
  it.each(['EINVAL', 'EBADF', 'EPERM', 'EIO', 'ERR_ACCESS_DENIED'])(
    'succeeds where a directory cannot be synced: %s',
    async (code) => {
      const path = join(directory, 'file');
      await withoutSync('directories', code, async () => {
        await writeDurably(path, bytes);
        await syncDirectory(directory);
      });
      expect(new Uint8Array(readFileSync(path))).toEqual(bytes);
      expect(readdirSync(directory)).toEqual(['file']);
    },
  );

  it('fails where a file cannot be synced, and leaves the earlier file', async () => {
    const path = join(directory, 'file');
    await writeDurably(path, bytes);
    for (const code of ['EIO', 'EINVAL', 'ERR_ACCESS_DENIED']) {
      await withoutSync('files', code, async () => {
        await expect(writeDurably(path, Uint8Array.of(4))).rejects.toMatchObject(unwritable(code));
        await expect(appendDurably(join(directory, 'log'), '')).rejects.toMatchObject(unwritable(code));
      });
    }
    expect(new Uint8Array(readFileSync(path))).toEqual(bytes);
    expect(readdirSync(directory).toSorted()).toEqual(['file', 'log']);
  });

  it('reports a path that the file system refuses', async () => {
    const path = join(directory, 'x'.repeat(300));
    await expect(writeDurably(path, bytes)).rejects.toMatchObject(unwritable('ENAMETOOLONG'));
    await expect(appendDurably(path, 'a line')).rejects.toMatchObject(unwritable('ENAMETOOLONG'));
  });

  const node26 = fileURLToPath(new URL('../../../node_modules/node/bin/node', import.meta.url));
  it.skipIf(!existsSync(node26))('works in a process that is not permitted to sync at all', async () => {
    const repository = fileURLToPath(new URL('../../..', import.meta.url));
    const program = `
      import { appendDurably, writeDurably } from '@convoy/formats';
      const bytes = new Uint8Array(5).fill(7);
      for (let i = 0; i < 2; i++) await writeDurably('${directory}/file', [bytes, bytes]);
      for (let i = 0; i < 2; i++) await appendDurably('${directory}/log', 'line\\n');`;
    const permissions = ['--permission', `--allow-fs-read=${repository}`, `--allow-fs-read=${directory}`];
    const { stderr } = await promisify(execFile)(
      node26,
      [
        ...permissions,
        `--allow-fs-write=${directory}`,
        '--conditions=@convoy/source',
        '--input-type=module',
        '-e',
        program,
      ],
      { cwd: fileURLToPath(new URL('../../trainer', import.meta.url)) },
    );
    expect(stderr).toBe('');
    expect(readFileSync(join(directory, 'file'))).toEqual(Buffer.alloc(10, 7));
    expect(readFileSync(join(directory, 'log'), 'utf8')).toBe('line\nline\n');
    expect(readdirSync(directory).toSorted()).toEqual(['file', 'log']);
  });

  it('does not need a directory that can be opened', async () => {
    await syncDirectory(join(directory, 'absent'));
  });

  it('takes pieces, through a temporary file of a given name, which must not exist', async () => {
    const [path, temporary] = [join(directory, 'file'), join(directory, 'temporary')];
    await writeDurably(path, [bytes, new Uint8Array(), bytes], temporary);
    expect([...readFileSync(path)]).toEqual([1, 2, 3, 1, 2, 3]);
    expect(readdirSync(directory)).toEqual(['file']);
    await appendDurably(path, 'é');
    expect([...readFileSync(path)]).toEqual([1, 2, 3, 1, 2, 3, 0xc3, 0xa9]);
  });
});

describe('chunksOf', () => {
  it.each([
    [0, []],
    [1, [1]],
    [3, [3]],
    [4, [4]],
    [5, [4, 1]],
    [8, [4, 4]],
    [9, [4, 4, 1]],
  ])('divides %i bytes in chunks of 4 into %j', (length, lengths) => {
    const whole = Uint8Array.from({ length }, (_, i) => i);
    const chunks = [...chunksOf(whole, 4)];
    expect(chunks.map((chunk) => chunk.length)).toEqual(lengths);
    expect(Buffer.concat(chunks)).toEqual(Buffer.from(whole));
    for (const { buffer } of chunks) expect(buffer).toBe(whole.buffer);
  });
});
