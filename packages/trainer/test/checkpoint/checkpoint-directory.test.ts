import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Tensor, zeros } from '@convoy/tensor';
import { beforeEach, describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../../../datasets/test/temporary-directory.ts';
import { CheckpointDirectory } from '../../src/checkpoint/checkpoint-directory.ts';
import { latestCheckpoint, loadCheckpoint } from '../../src/checkpoint/checkpoint-files.ts';
import { LOCK_FILE } from '../../src/checkpoint/directory-lock.ts';
import { expectSameSnapshot, snapshotOf } from './snapshots.ts';

const root = temporaryDirectory();
let path: string;

beforeEach(() => {
  path = join(root, randomUUID());
});

/** The names of all files but the lock. */
const files = () =>
  readdirSync(path)
    .filter((name) => name !== LOCK_FILE)
    .sort();
const stepFiles = (...steps: number[]) => steps.map((step) => `step-${String(step).padStart(9, '0')}.safetensors`);

/** The paths of the open files that are synced during the work; all calls go through to the file system. */
async function syncedDuring(work: () => Promise<void>): Promise<readonly string[]> {
  const any = await open(root);
  const prototype = Object.getPrototypeOf(any);
  await any.close();
  const { sync } = prototype;
  const paths: string[] = [];
  prototype.sync = async function (this: FileHandle) {
    paths.push(readlinkSync(`/proc/self/fd/${this.fd}`));
    await sync.call(this);
  };
  try {
    await work();
    return paths;
  } finally {
    prototype.sync = sync;
  }
}

describe('CheckpointDirectory', () => {
  it('creates the directory, saves, and loads the latest', async () => {
    path = join(path, 'runs', 'first');
    const directory = await CheckpointDirectory.open(path, 2);
    expect(await latestCheckpoint(path)).toBeUndefined();
    const saved = await directory.save(snapshotOf(1234));
    expect(saved).toBe(join(path, 'step-000001234.safetensors'));
    expect(await latestCheckpoint(path)).toBe(saved);
    expectSameSnapshot(await loadCheckpoint(saved), snapshotOf(1234));
    expect(files()).toEqual(stepFiles(1234));
  });

  it.skipIf(process.platform !== 'linux')('has new directories on the disk, down to the last one', async () => {
    const made = [path, join(path, 'runs'), join(path, 'runs', 'first')];
    const synced = await syncedDuring(async () => {
      await CheckpointDirectory.open(join(path, 'runs', 'first'), 2);
    });
    expect(synced.toSorted()).toEqual([root, ...made.slice(0, -1)]);
    expect(await syncedDuring(async () => void (await CheckpointDirectory.open(path, 2)))).toEqual([]);
  });

  it('keeps as many as asked for, and the best besides', async () => {
    const directory = await CheckpointDirectory.open(path, 2);
    for (const step of [8, 9]) await directory.save(snapshotOf(step));
    const best = await directory.saveBest(snapshotOf(9));
    for (const step of [10, 11]) await directory.save(snapshotOf(step));
    expect(files()).toEqual(['best.safetensors', ...stepFiles(10, 11)]);
    expectSameSnapshot(await loadCheckpoint(best), snapshotOf(9));
    expect(await directory.saveBest(snapshotOf(11))).toBe(best);
    expectSameSnapshot(await loadCheckpoint(best), snapshotOf(11));
  });

  it('orders steps as numbers, beyond nine digits too', async () => {
    const directory = await CheckpointDirectory.open(path, 2);
    for (const step of [999_999_998, 999_999_999, 4_294_967_295]) await directory.save(snapshotOf(step));
    expect(files()).toEqual(['step-4294967295.safetensors', 'step-999999999.safetensors']);
    expect(basename((await latestCheckpoint(path)) as string)).toBe('step-4294967295.safetensors');
  });

  it('saves a step again, and leaves later ones alone', async () => {
    const directory = await CheckpointDirectory.open(path, 1);
    await directory.save(snapshotOf(20));
    await directory.save(snapshotOf(5));
    await directory.save(snapshotOf(6));
    const changed = { ...snapshotOf(6), callbacks: {} };
    await directory.save(changed);
    expect(files()).toEqual(stepFiles(6, 20));
    expectSameSnapshot(await loadCheckpoint(join(path, 'step-000000006.safetensors')), changed);
  });

  it('touches nothing that has another name', async () => {
    const foreign = [
      'best.safetensors.tmp',
      'history.json',
      'step-000000001.safetensors.bak',
      'step-0000000001.safetensors',
      'step-1.safetensors',
      'step-99999999x.safetensors',
      `best.safetensors.${randomUUID()}.tmp`,
      `step-000000007.safetensors.${randomUUID()}.tmp`,
    ];
    mkdirSync(path);
    for (const name of foreign) writeFileSync(join(path, name), name);
    mkdirSync(join(path, 'step-000000099.safetensors'));
    const left = [...foreign, 'step-000000099.safetensors'].sort();
    const directory = await CheckpointDirectory.open(path, 1);
    expect(await latestCheckpoint(path)).toBeUndefined();
    for (const step of [3, 4]) await directory.save(snapshotOf(step));
    await directory.close();
    expect(readdirSync(path).sort()).toEqual([...left, ...stepFiles(4)].sort());
    expect(basename((await latestCheckpoint(path)) as string)).toBe('step-000000004.safetensors');
    for (const name of foreign) expect(readFileSync(join(path, name), 'utf8')).toBe(name);
  });

  it('is locked until it is closed, after the running saves', async () => {
    const directory = await CheckpointDirectory.open(path, 1);
    const again = () => CheckpointDirectory.open(path, 1);
    await expect(again()).rejects.toMatchObject({ code: 'CONVOY_DIRECTORY_IN_USE' });
    const saving = directory.save(snapshotOf(1));
    const closing = directory.close();
    await expect(again()).rejects.toMatchObject({ code: 'CONVOY_DIRECTORY_IN_USE' });
    await Promise.all([saving, closing]);
    expect(readdirSync(path)).toEqual(stepFiles(1));
    await (await again()).close();
  });

  it('takes saves that run at the same time one after the other', async () => {
    const directory = await CheckpointDirectory.open(path, 3);
    const best = new Tensor(Float32Array.of(1), [1]);
    const withBest = (step: number) => ({ ...snapshotOf(step), callbacks: { mine: { best } } });
    const snapshots = Array.from({ length: 12 }, (_, step) => withBest(step));
    const saves = snapshots.flatMap((snapshot) => [directory.save(snapshot), directory.saveBest(snapshot)]);
    // A callback goes on with its tensors.
    best.data.fill(2);
    await Promise.all(saves);
    best.data.fill(1);
    expect(files()).toEqual(['best.safetensors', ...stepFiles(9, 10, 11)]);
    for (const step of [9, 10, 11]) {
      expectSameSnapshot(await loadCheckpoint(join(path, stepFiles(step)[0] as string)), withBest(step));
    }
    expectSameSnapshot(await loadCheckpoint(join(path, 'best.safetensors')), withBest(11));
  });

  it('lets no short save overtake a long one', async () => {
    const directory = await CheckpointDirectory.open(path, 1);
    const parameters = new Map([['large', zeros([4_000_000])]]);
    const long = directory.saveBest({ ...snapshotOf(1), parameters });
    await Promise.all([long, directory.saveBest(snapshotOf(2))]);
    expectSameSnapshot(await loadCheckpoint(join(path, 'best.safetensors')), snapshotOf(2));
  });

  it('rejects a save that fails and still takes the next', async () => {
    const directory = await CheckpointDirectory.open(path, 1);
    await directory.save(snapshotOf(1));
    // A directory stands where the file should.
    mkdirSync(join(path, 'step-000000002.safetensors', 'full'), { recursive: true });
    const saves = await Promise.allSettled([2, 3].map((step) => directory.save(snapshotOf(step))));
    expect(saves).toMatchObject([
      { status: 'rejected', reason: { code: 'CONVOY_FILE_UNWRITABLE' } },
      { status: 'fulfilled', value: join(path, 'step-000000003.safetensors') },
    ]);
    expect(files()).toEqual(stepFiles(2, 3));
  });

  it('rejects a place where no directory can be, and a keep that keeps nothing', async () => {
    mkdirSync(path);
    const file = join(path, 'file');
    writeFileSync(file, 'kept');
    for (const place of [file, join(file, 'below')]) {
      await expect(CheckpointDirectory.open(place, 1)).rejects.toMatchObject({
        code: 'CONVOY_FILE_UNWRITABLE',
        message: expect.stringContaining(JSON.stringify(place)),
      });
    }
    expect(readFileSync(file, 'utf8')).toBe('kept');
    for (const keep of [0, -1, 1.5]) {
      await expect(CheckpointDirectory.open(path, keep)).rejects.toMatchObject({ code: 'CONVOY_INVALID_OPTION' });
    }
  });
});
