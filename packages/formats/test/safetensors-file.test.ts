import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Tensor, tensor } from '@convoy/tensor';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CHUNK_BYTES } from '../src/chunks.ts';
import { bytesOf } from '../src/safetensors.ts';
import { readSafetensors, writeSafetensors } from '../src/safetensors-file.ts';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'convoy-'));
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('writeSafetensors and readSafetensors', () => {
  it('write a file, replace it, read it back, and leave nothing else', async () => {
    const path = join(directory, 'weights.safetensors');
    await writeSafetensors(path, { a: tensor([1]) });
    await writeSafetensors(path, { a: tensor([2, 3]) }, { step: '7' });
    const { tensors, metadata } = await readSafetensors(path);
    expect(tensors).toEqual(new Map([['a', tensor([2, 3])]]));
    expect(metadata).toEqual({ step: '7' });
    expect(readdirSync(directory)).toEqual(['weights.safetensors']);
  });

  it('never show a part of a file to a reader, with any number of writers', async () => {
    const path = join(directory, 'weights.safetensors');
    await writeSafetensors(path, { a: tensor([0]) });
    const writing = Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        writeSafetensors(path, { a: tensor(new Float32Array(1000 * i + 1).fill(i)) }),
      ),
    );
    let reading = true;
    writing.finally(() => {
      reading = false;
    });
    while (reading) {
      const a = (await readSafetensors(path)).tensors.get('a');
      expect(a?.data.every((value) => value === a.data[0])).toBe(true);
    }
    await writing;
    expect(readdirSync(directory)).toEqual(['weights.safetensors']);
  });

  it('read into shared memory if requested', async () => {
    const path = join(directory, 'shared.safetensors');
    await writeSafetensors(path, { a: tensor([1, 2, 3]), none: tensor([]), b: tensor([[4], [5]]) });
    const own = await readSafetensors(path);
    const { tensors } = await readSafetensors(path, { shared: true });
    expect([...tensors.values()].every(({ data }) => data.buffer instanceof SharedArrayBuffer)).toBe(true);
    expect([...own.tensors.values()].every(({ data }) => data.buffer instanceof ArrayBuffer)).toBe(true);
    for (const read of [own.tensors, tensors]) {
      expect([...read].map(([name, { shape, data }]) => [name, shape, [...data]])).toEqual([
        ['a', [3], [1, 2, 3]],
        ['none', [0], []],
        ['b', [2, 1], [4, 5]],
      ]);
    }
  });

  it('read and write in chunks, so that no tensor is too large', async () => {
    const path = join(directory, 'large.safetensors');
    const lengths = [-4, 0, 4, CHUNK_BYTES + 4].map((more) => CHUNK_BYTES + more);
    const large = lengths.map((length, i) => tensor(new Float32Array(length / 4).map((_, j) => (j % 65_521) + i)));
    const calls = await callsDuring(async () => {
      await writeSafetensors(path, Object.fromEntries(large.map((each, i) => [`${i}`, each])));
      for (const shared of [false, true]) {
        const { tensors } = await readSafetensors(path, { shared });
        expect([...tensors.keys()]).toEqual(['0', '1', '2', '3']);
        for (const [i, { data }] of large.entries()) {
          expect(Buffer.compare(bytesOf(tensors.get(`${i}`) as Tensor), new Uint8Array(data.buffer))).toBe(0);
        }
      }
    });
    expect(Math.max(...calls)).toBe(CHUNK_BYTES);
  });

  it('report a lack of memory as such', async () => {
    const path = join(directory, 'huge.safetensors');
    // A sparse file takes no space on the disk.
    const bytes = 2 ** 43;
    const header = `{"a":{"dtype":"F32","shape":[${bytes / 4}],"data_offsets":[0,${bytes}]}}`;
    const head = Buffer.concat([Buffer.alloc(8), Buffer.from(header)]);
    head.writeBigUInt64LE(BigInt(header.length));
    writeFileSync(path, head);
    truncateSync(path, head.length + bytes);
    for (const shared of [false, true]) {
      await expect(readSafetensors(path, { shared })).rejects.toMatchObject({
        code: 'CONVOY_OUT_OF_MEMORY',
        message: expect.stringContaining(`the tensor "a" of the file ${JSON.stringify(path)} that needs 8192 GiB`),
      });
    }
  });

  it('keep the old file and clean up when writing fails', async () => {
    const path = join(directory, 'taken');
    mkdirSync(path);
    writeFileSync(join(path, 'kept'), 'kept');
    await expect(writeSafetensors(path, { a: tensor([1]) })).rejects.toMatchObject({
      code: 'CONVOY_FILE_UNWRITABLE',
      message: expect.stringContaining(JSON.stringify(path)),
    });
    expect(readdirSync(directory)).toEqual(['taken']);
    expect(readFileSync(join(path, 'kept'), 'utf8')).toBe('kept');
  });

  it('name the path of what is missing, unreadable or damaged', async () => {
    await expect(readSafetensors(join(directory, 'absent'))).rejects.toMatchObject({ code: 'CONVOY_FILE_NOT_FOUND' });
    await expect(readSafetensors(directory)).rejects.toMatchObject({ code: 'CONVOY_FILE_UNREADABLE' });
    await expect(writeSafetensors(join(directory, 'absent', 'x'), {})).rejects.toMatchObject({
      code: 'CONVOY_FILE_UNWRITABLE',
    });
    const path = join(directory, 'damaged');
    writeFileSync(path, '{}');
    await expect(readSafetensors(path)).rejects.toMatchObject({
      code: 'CONVOY_FILE_FORMAT',
      message: expect.stringContaining(`the file ${JSON.stringify(path)} of 2 bytes`),
    });
  });
});

/** The numbers of bytes that are read and written at once during the work; all calls go through to the file system. */
async function callsDuring(work: () => Promise<void>): Promise<readonly number[]> {
  const any = await open(directory);
  const prototype = Object.getPrototypeOf(any);
  await any.close();
  const calls: number[] = [];
  const { read, write } = prototype;
  for (const [name, method] of Object.entries({ read, write })) {
    prototype[name] = function (this: FileHandle, bytes: Uint8Array, offset: number, length: number, position: number) {
      calls.push(length);
      return method.call(this, bytes, offset, length, position);
    };
  }
  try {
    await work();
    return calls;
  } finally {
    Object.assign(prototype, { read, write });
  }
}
