// Disks that refuse to be written to.
import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { CheckpointDirectory, loadCheckpoint } from '../../src/checkpoint/checkpoint-directory.ts';
import { makeReadOnly, smallDisk } from './small-disk.ts';
import { expectSameSnapshot, snapshotOf } from './snapshots.ts';

it('a full disk: the save rejects, the checkpoints before it stay, and there is nothing else', async (context) => {
  const disk = smallDisk(context, 64);
  const directory = await CheckpointDirectory.open(disk, 100);
  let saved = 0;
  let failure: unknown;
  while (failure === undefined && saved < 100) {
    await directory.save(snapshotOf(saved + 1)).then(
      () => saved++,
      (error) => {
        failure = error;
      },
    );
  }
  expect(failure).toMatchObject({
    code: 'CONVOY_FILE_UNWRITABLE',
    cause: { code: 'ENOSPC' },
    fix: 'Free space on the disk, or choose another path.',
  });
  await expect(directory.saveBest(snapshotOf(saved))).rejects.toMatchObject({ code: 'CONVOY_FILE_UNWRITABLE' });
  expect(saved).toBeGreaterThan(1);
  expect(readdirSync(disk)).toHaveLength(saved);
  for (let step = 1; step <= saved; step++) {
    expectSameSnapshot(await loadCheckpoint(join(disk, `step-00000000${step}.safetensors`)), snapshotOf(step));
  }
  rmSync(join(disk, 'step-000000001.safetensors'));
  await directory.save(snapshotOf(saved + 1));
  expectSameSnapshot(await loadCheckpoint((await directory.latest()) as string), snapshotOf(saved + 1));
});

it('a disk with room for one checkpoint: the old one is not given up for a new one', async (context) => {
  const disk = smallDisk(context, 64);
  const directory = await CheckpointDirectory.open(disk, 1);
  const path = await directory.save(snapshotOf(1));
  writeFileSync(
    join(disk, 'filler'),
    new Uint8Array(64 * 1024 - 2 * Math.ceil(statSync(path).size / 4096) * 4096 + 4096),
  );
  for (let attempt = 0; attempt < 3; attempt++) {
    await expect(directory.save(snapshotOf(2))).rejects.toMatchObject({ cause: { code: 'ENOSPC' } });
    expect(readdirSync(disk).sort()).toEqual(['filler', 'step-000000001.safetensors']);
    expectSameSnapshot(await loadCheckpoint(path), snapshotOf(1));
  }
});

it('a read-only disk: saves reject, loading works', async (context) => {
  const disk = smallDisk(context, 64);
  const before = await CheckpointDirectory.open(disk, 1);
  await before.save(snapshotOf(1));
  makeReadOnly(disk);
  const directory = await CheckpointDirectory.open(disk, 1);
  for (const save of [
    () => directory.save(snapshotOf(2)),
    () => directory.saveBest(snapshotOf(2)),
    () => before.save(snapshotOf(2)),
  ]) {
    await expect(save()).rejects.toMatchObject({ code: 'CONVOY_FILE_UNWRITABLE', cause: { code: 'EROFS' } });
  }
  await expect(CheckpointDirectory.open(join(disk, 'new'), 1)).rejects.toMatchObject({
    code: 'CONVOY_FILE_UNWRITABLE',
  });
  expectSameSnapshot(await loadCheckpoint((await directory.latest()) as string), snapshotOf(1));
  expect(readdirSync(disk)).toEqual(['step-000000001.safetensors']);
});
