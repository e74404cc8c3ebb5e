// Looking for a checkpoint changes nothing, and takes no failure of the file system for an absent checkpoint.
import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../../../datasets/test/temporary-directory.ts';
import { CheckpointDirectory } from '../../src/checkpoint/checkpoint-directory.ts';
import { checkpointAt } from '../../src/checkpoint/resume.ts';
import { expectRefusal } from '../refusal.ts';
import { snapshotOf } from './snapshots.ts';

const root = temporaryDirectory();
const stepAt = async (path: string) => (await checkpointAt(path))?.snapshot.position.step;

describe('looking for a checkpoint', () => {
  it('finds the one with the highest step, or none', async () => {
    expect(await stepAt(join(root, 'absent'))).toBeUndefined();
    const path = join(root, 'run');
    mkdirSync(path);
    expect(await stepAt(path)).toBeUndefined();
    const directory = await CheckpointDirectory.open(path, 2);
    for (const step of [3, 11]) await directory.save(snapshotOf(step));
    expect(await stepAt(path)).toBe(11);
    expect(await stepAt(join(path, 'step-000000003.safetensors'))).toBe(3);
    await expectRefusal(checkpointAt(join(path, 'step-000000004.safetensors')), 'CONVOY_FILE_NOT_FOUND', /ENOENT/);
    await directory.close();
  });

  it('leaves every file where it is', async () => {
    const path = join(root, 'untouched');
    const directory = await CheckpointDirectory.open(path, 2);
    await directory.save(snapshotOf(1));
    for (const name of ['step-000000002.safetensors', 'best.safetensors']) {
      writeFileSync(join(path, `${name}.${randomUUID()}.tmp`), 'half');
    }
    const names = readdirSync(path);
    expect(await stepAt(path)).toBe(1);
    expect(readdirSync(path)).toEqual(names);
    await directory.close();
  });

  it('looks again if a checkpoint is removed after it was found', async () => {
    const path = join(root, 'replaced');
    const directory = await CheckpointDirectory.open(path, 1);
    await directory.save(snapshotOf(1));
    let looks = 0;
    let last = 1;
    for (const end = performance.now() + 1000; performance.now() < end; looks++) {
      const [step] = await Promise.all([stepAt(path), directory.save(snapshotOf(looks + 2))]);
      expect(step).toBeGreaterThanOrEqual(last);
      last = step as number;
    }
    expect(looks).toBeGreaterThan(10);
    await directory.close();
  });

  it('fails if it cannot tell', async () => {
    const file = join(root, 'file');
    writeFileSync(file, '');
    symlinkSync('loop', join(root, 'loop'));
    for (const path of ['loop', 'x'.repeat(300), join('loop', 'below'), join('file', 'below')]) {
      await expectRefusal(
        checkpointAt(join(root, path)),
        path.startsWith('file') ? 'CONVOY_FILE_NOT_FOUND' : 'CONVOY_FILE_UNREADABLE',
        /ELOOP|ENAMETOOLONG|ENOTDIR/,
      );
    }
    rmSync(join(root, 'loop'));
  });
});
