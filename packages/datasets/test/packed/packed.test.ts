import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { copyFile, cp, mkdtemp, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDataset, type Dataset, load, map, pack, packed, subset } from '../../src/index.ts';
import { goldenFile } from '../golden-file.ts';
import { numbered, numberedRead, numbersOf } from '../shaping/numbered.ts';
import { temporaryDirectory } from '../temporary-directory.ts';

const directory = temporaryDirectory();
const newFolder = () => mkdtemp(join(directory, 'set-'));
const withCode = (code: string) => expect.objectContaining({ code });

/** Labels of pixels as int32, floats as samples. */
const segmented = createDataset({
  sampleShape: [1, 1, 2],
  inputs: Float32Array.of(0.5, -1, 1e-30, 4, 5, 6),
  targets: { kind: 'labels', labels: [[[0, 300]], [[-1, 2]], [[1, 1]]], classes: 301, ignoreLabel: -1 },
  normalization: { scale: [0.1], offset: [-0] },
});
const values = createDataset({ inputs: [[1], [2]], targets: { kind: 'values', values: [[0.1], [-3]] } });

/** The data set without what depends on how it is stored. */
async function contentOf(dataset: Dataset) {
  const { source } = await load(dataset);
  return { ...dataset, source: source.rows ? undefined : source.samples };
}

describe('pack, then packed', () => {
  it.each([
    ['bytes with names', numbered([2, 0, 1, 1, 0])],
    ['floats with labels of pixels', segmented],
    ['values', values],
  ])('gives the same samples, targets, names and normalization: %s', async (_, dataset) => {
    for (const shardBytes of [undefined, 1, 5, 16]) {
      const path = join(await newFolder(), 'set.safetensors');
      await pack(dataset, path, shardBytes === undefined ? {} : { shardBytes });
      const inMemory = await packed(path, { inMemory: true });
      expect(inMemory).toEqual(dataset);
      expect(inMemory.source.samples.buffer).toBeInstanceOf(SharedArrayBuffer);
      const read = await packed(path, { verify: false });
      expect(read.source).toMatchObject({ kind: 'read' });
      expect(await contentOf(read)).toEqual(await contentOf(dataset));
    }
  });

  it('keeps the order of a selection, and of samples that are read', async () => {
    const path = join(await newFolder(), 'set.safetensors');
    expect(await pack(subset(numberedRead(directory, [0, 1, 2, 0]), [3, 1, 1]), path)).toEqual([path]);
    const read = await packed(path);
    expect(await numbersOf(read)).toEqual([3, 1, 1]);
    expect(await numbersOf(subset(read, [2, 0]))).toEqual([1, 3]);
    expect(read.targets).toMatchObject({ labels: Int32Array.of(0, 1, 1) });
  });

  it('fills shards, whose names tell their number', async () => {
    const folder = await newFolder();
    const paths = await pack(numbered([0, 1, 2, 0, 1]), join(folder, 'set.safetensors'), { shardBytes: 4 });
    const names = [1, 2, 3].map((shard) => `set-0000${shard}-of-00003.safetensors`);
    expect([await readdir(folder), paths]).toEqual([names, names.map((name) => join(folder, name))]);
  });

  it('are bits for bits what an independent program reads', async () => {
    // Made by `packed.py check` from these files.
    const checked = JSON.parse(await readFile(goldenFile('packed/checked.json'), 'utf8'));
    const path = join(await newFolder(), 'set.safetensors');
    const paths = await pack(numbered([2, 0, 1, 1, 0]), path, { shardBytes: 4 });
    const hashes = paths.map(async (shard) => hashIn(await readFile(shard)));
    expect(await Promise.all(hashes)).toEqual(checked.map(({ sha256 }: { sha256: string }) => sha256));
    const samples = checked.flatMap(({ samples }: { samples: number[][][][] }) => samples.flat(3));
    expect(samples).toEqual([0, 100, 1, 101, 2, 102, 3, 103, 4, 104]);
    expect(checked.flatMap(({ labels }: { labels: number[] }) => labels)).toEqual([2, 0, 1, 1, 0]);
  });
});

/** The hash of the description and the data of a file. */
function hashIn(bytes: Buffer): string {
  const start = 8 + Number(bytes.readBigUInt64LE());
  const { __metadata__: metadata } = JSON.parse(bytes.subarray(8, start).toString());
  return createHash('sha256').update(metadata['convoy.packed']).update(bytes.subarray(start)).digest('hex');
}

describe('files of an independent program', () => {
  it('are read: bytes in three shards', async () => {
    const dataset = await packed(goldenFile('packed/bytes.safetensors'), { inMemory: true });
    expect(dataset).toEqual({
      length: 5,
      sampleShape: [3, 2, 2],
      source: { kind: 'stored', samples: Uint8Array.from({ length: 60 }, (_, i) => i * 7) },
      targets: {
        kind: 'labels',
        labels: Uint8Array.of(2, 0, 1, 1, 0),
        classes: 3,
        classNames: ['ant', 'bée', '猫'],
        shape: [],
      },
      normalization: { scale: [0.5, 0.25, 2], offset: [1, -1, 0] },
    });
    const read = await packed(goldenFile('packed/bytes.safetensors'));
    expect((await load(subset(read, [4, 1]))).source.samples).toEqual(
      Uint8Array.from(
        [...Array(12).keys()].map((i) => (48 + i) * 7).concat([...Array(12).keys()].map((i) => (12 + i) * 7)),
      ),
    );
  });

  it('are read: floats', async () => {
    const { source, targets } = await packed(goldenFile('packed/floats.safetensors'), { inMemory: true });
    expect(source.samples).toEqual(Float32Array.from({ length: 12 }, (_, i) => i / 8 - 0.5));
    expect(targets).toEqual({ kind: 'values', values: Float32Array.of(1.5, -2.25, 1e-3), shape: [1] });
  });
});

describe('packed refuses', () => {
  const names = [1, 2, 3].map((shard) => `bytes-0000${shard}-of-00003.safetensors`) as [string, string, string];
  const copy = async () => {
    const folder = await newFolder();
    await cp(goldenFile('packed'), folder, { recursive: true });
    return { path: join(folder, 'bytes.safetensors'), file: (i: number) => join(folder, names[i] as string) };
  };
  const expectRefused = async (path: string, code: string, ...texts: string[]) => {
    for (const inMemory of [true, false]) {
      const error = await packed(path, { inMemory }).then(
        () => undefined,
        (thrown) => thrown,
      );
      expect(error).toEqual(withCode(code));
      for (const text of texts) expect(error.message).toContain(text);
    }
  };

  it('a missing shard', async () => {
    const { path, file } = await copy();
    await rm(file(1));
    await expectRefused(path, 'CONVOY_FILE_NOT_FOUND', '2 of 3 shards', names[1]);
  });

  it('a truncated shard', async () => {
    const { path, file } = await copy();
    const { length } = await readFile(file(2));
    for (const bytes of [0, 5, 100, length - 1]) {
      await truncate(file(2), bytes);
      await expectRefused(path, 'CONVOY_FILE_FORMAT', names[2]);
      await copyFile(goldenFile(`packed/${names[2]}`), file(2));
    }
  });

  it('any bit that was changed', async () => {
    const { path, file } = await copy();
    const original = await readFile(file(1));
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: original.length - 1 }), fc.nat({ max: 7 }), async (at, bit) => {
        const changed = Buffer.from(original);
        changed[at] = (changed[at] as number) ^ (1 << bit);
        await writeFile(file(1), changed);
        await expectRefused(path, 'CONVOY_FILE_FORMAT', 'bytes-0000');
      }),
      { numRuns: 300 },
    );
  });

  it('shards in another order, of other data sets, and of several sets', async () => {
    const { path, file } = await copy();
    await rename(file(0), `${path}.other`);
    await rename(file(1), file(0));
    await rename(`${path}.other`, file(1));
    await expectRefused(path, 'CONVOY_FILE_FORMAT', names[0], 'that is shard 2 of 3');

    // Everything but the samples is the same.
    const set = numbered([0, 1, 2]);
    const inverted = await map(set, (numbers) => numbers.map((x) => 255 - x));
    const paths = ['a', 'b'].map((name) => join(directory, `${name}.safetensors`)) as [string, string];
    const [ofSet, ofInverted] = [
      await pack(set, paths[0], { shardBytes: 2 }),
      await pack(inverted, paths[1], { shardBytes: 2 }),
    ];
    await copyFile(ofInverted[1] as string, ofSet[1] as string);
    await expectRefused(paths[0], 'CONVOY_FILE_FORMAT', ofSet[1] as string, 'of another data set');

    const several = await copy();
    await copyFile(several.file(0), several.path.replace('bytes.', 'bytes-00001-of-00002.'));
    await expectRefused(several.path, 'CONVOY_FILE_FORMAT', 'of several data sets', '2 and 3');
  });

  it('a foreign file, a directory and a path without files', async () => {
    const { path } = await copy();
    const head = Buffer.from('{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}');
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(head.length));
    await writeFile(path, Buffer.concat([length, head, Buffer.alloc(4)]));
    await expectRefused(path, 'CONVOY_FILE_FORMAT', 'without the metadata of packed data');
    await writeFile(path, 'text');
    await expectRefused(path, 'CONVOY_FILE_FORMAT', path);
    await expectRefused(join(directory, 'nowhere', 'set.safetensors'), 'CONVOY_FILE_NOT_FOUND', 'nowhere');
    const { path: folder } = await copy();
    await cp(goldenFile('packed'), folder, { recursive: true });
    await expectRefused(folder, 'CONVOY_FILE_UNREADABLE', folder);
  });

  it('a shard that changes while it is read', async () => {
    const { path, file } = await copy();
    const read = await packed(path);
    await truncate(file(2), 100);
    await expect(load(read)).rejects.toThrow(withCode('CONVOY_FILE_FORMAT'));
    await expect(load(read)).rejects.toThrow(names[2]);
    await rm(file(2));
    await expect(load(read)).rejects.toThrow(withCode('CONVOY_FILE_NOT_FOUND'));
  });

  it('other arguments', async () => {
    await expect(packed('photos.zip')).rejects.toThrow(withCode('CONVOY_INVALID_OPTION'));
    await expect(packed('a.safetensors', { memory: true } as never)).rejects.toThrow(withCode('CONVOY_INVALID_OPTION'));
  });
});

describe('pack refuses', () => {
  it('to replace a file, also one that an interrupted pack has left', async () => {
    const folder = await newFolder();
    const path = join(folder, 'set.safetensors');
    const paths = await pack(numbered([0, 1]), path, { shardBytes: 2 });
    await rm(paths[1] as string);
    await expect(pack(numbered([0, 1]), path)).rejects.toThrow(withCode('CONVOY_FILE_UNWRITABLE'));
    await expect(pack(numbered([0, 1]), path)).rejects.toThrow(paths[0]);
    await expect(packed(path)).rejects.toThrow(withCode('CONVOY_FILE_NOT_FOUND'));
  });

  it('samples that cannot be read, and leaves no file', async () => {
    const folder = await newFolder();
    const reader = join(folder, 'failing.mjs');
    await writeFile(
      reader,
      `export const openReader = () => ({ read(row) { if (row === 3) throw new Error('row 3'); } });`,
    );
    const source = { kind: 'read', element: 'uint8', module: reader, options: null } as const;
    const failing = { ...numbered([0, 1, 2, 0]), source };
    await expect(pack(failing, join(folder, 'set.safetensors'), { shardBytes: 2 })).rejects.toThrow('row 3');
    expect(await readdir(folder)).toEqual(['failing.mjs']);
  });

  it('other arguments', async () => {
    const path = join(directory, 'other.safetensors');
    await expect(pack(null as never, path)).rejects.toThrow(withCode('CONVOY_INVALID_DATA'));
    await expect(pack(values, 'photos')).rejects.toThrow(withCode('CONVOY_INVALID_OPTION'));
    await expect(pack(values, path, { shardBytes: 0 })).rejects.toThrow(withCode('CONVOY_INVALID_OPTION'));
    await expect(pack(values, join(directory, 'no/folder/a.safetensors'))).rejects.toThrow(
      withCode('CONVOY_FILE_UNWRITABLE'),
    );
  });
});

it('a process that is killed while it packs leaves no set that is taken for a complete one', {
  timeout: 30_000,
}, async () => {
  const program = fileURLToPath(new URL('../programs/packing.ts', import.meta.url));
  for (let kill = 0; kill < 5; kill++) {
    const folder = await newFolder();
    const path = join(folder, 'set.safetensors');
    const child = spawn(process.execPath, ['--conditions=@convoy/source', program, path], { stdio: 'ignore' });
    const exit = once(child, 'exit');
    while (!(await readdir(folder)).some((name) => name.startsWith(`set-0000${kill + 1}-`))) await delay(1);
    child.kill('SIGKILL');
    await exit;
    await expect(packed(path)).rejects.toThrow(withCode('CONVOY_FILE_NOT_FOUND'));
  }
});
