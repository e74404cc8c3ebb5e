import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tensor } from '@convoy/tensor';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
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
