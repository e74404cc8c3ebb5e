// Disks that refuse to be written to.
import { randomUUID } from 'node:crypto';
import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { CheckpointDirectory } from '../../src/checkpoint/checkpoint-directory.ts';
import { latestCheckpoint, loadCheckpoint } from '../../src/checkpoint/checkpoint-files.ts';
import { LOCK_FILE } from '../../src/checkpoint/directory-lock.ts';
import { checkpointAt } from '../../src/checkpoint/resume.ts';
import type { TrainingSnapshot } from '../../src/checkpoint/snapshot.ts';
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
  expect(checkpointsOf(disk)).toHaveLength(saved);
  for (let step = 1; step <= saved; step++) {
    expectSameSnapshot(await loadCheckpoint(join(disk, `step-00000000${step}.safetensors`)), snapshotOf(step));
  }
  rmSync(join(disk, 'step-000000001.safetensors'));
  await directory.save(snapshotOf(saved + 1));
  expectSameSnapshot(await loadCheckpoint((await latestCheckpoint(disk)) as string), snapshotOf(saved + 1));
});

it('a disk with room for one checkpoint: the old one is not given up for a new one', async (context) => {
  const disk = smallDisk(context, 64);
  const directory = await CheckpointDirectory.open(disk, 1);
  const path = await directory.save(snapshotOf(1));
  writeFileSync(
    join(disk, 'filler'),
    // A lock takes a page.
    new Uint8Array(60 * 1024 - 2 * Math.ceil(statSync(path).size / 4096) * 4096 + 4096),
  );
  for (let attempt = 0; attempt < 3; attempt++) {
    await expect(directory.save(snapshotOf(2))).rejects.toMatchObject({ cause: { code: 'ENOSPC' } });
    expect(checkpointsOf(disk)).toEqual(['filler', 'step-000000001.safetensors']);
    expectSameSnapshot(await loadCheckpoint(path), snapshotOf(1));
  }
});

it('a full disk: a run does not begin', async (context) => {
  const disk = smallDisk(context, 64);
  writeFileSync(join(disk, 'filler'), new Uint8Array(64 * 1024));
  await expect(CheckpointDirectory.open(disk, 1)).rejects.toMatchObject({
    code: 'CONVOY_FILE_UNWRITABLE',
    cause: { code: 'ENOSPC' },
  });
  expect(readdirSync(disk)).toEqual(['filler']);
});

it('a read-only disk: a run does not begin, saves reject, resuming works', async (context) => {
  const disk = smallDisk(context, 64);
  const before = await CheckpointDirectory.open(disk, 1);
  await before.save(snapshotOf(1));
  writeFileSync(join(disk, `step-000000002.safetensors.${randomUUID()}.tmp`), 'half');
  makeReadOnly(disk);
  const names = readdirSync(disk);
  for (const save of [() => before.save(snapshotOf(2)), () => before.saveBest(snapshotOf(2))]) {
    await expect(save()).rejects.toMatchObject({ code: 'CONVOY_FILE_UNWRITABLE', cause: { code: 'EROFS' } });
  }
  await before.close();
  for (const path of [join(disk, 'new'), disk]) {
    const code = path === disk ? 'CONVOY_DIRECTORY_IN_USE' : 'CONVOY_FILE_UNWRITABLE';
    await expect(CheckpointDirectory.open(path, 1)).rejects.toMatchObject({ code });
  }
  const { snapshot } = (await checkpointAt(disk)) ?? {};
  expectSameSnapshot(snapshot as TrainingSnapshot, snapshotOf(1));
  expect(readdirSync(disk)).toEqual(names);
});

/** The names of all files but the lock. */
const checkpointsOf = (disk: string) =>
  readdirSync(disk)
    .filter((name) => name !== LOCK_FILE)
    .sort();
