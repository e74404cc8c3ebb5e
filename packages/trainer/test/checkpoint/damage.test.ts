// Every way a file can be wrong ends in an error with a code, and never in a snapshot.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeSafetensors } from '@convoy/formats';
import { ConvoyError, RandomStream, zeros } from '@convoy/tensor';
import { describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../../../datasets/test/temporary-directory.ts';
import { CheckpointDirectory } from '../../src/checkpoint/checkpoint-directory.ts';
import { latestCheckpoint, loadCheckpoint } from '../../src/checkpoint/checkpoint-files.ts';
import { fromBytes, toBytes } from './bytes.ts';
import { expectSameSnapshot, snapshotOf } from './snapshots.ts';

const intact = toBytes(snapshotOf(2));
const headerLength = Number(new DataView(intact.buffer, intact.byteOffset).getBigUint64(0, true));
const dataStart = 8 + headerLength;
const directory = temporaryDirectory();

function expectDamage(what: string, bytes: Uint8Array): void {
  let caught: unknown;
  try {
    fromBytes(bytes, 'the file "x"');
  } catch (error) {
    caught = error;
  }
  const isRefusal =
    caught instanceof ConvoyError && caught.code === 'CONVOY_FILE_FORMAT' && caught.given.includes('the file "x"');
  if (!isRefusal) throw new Error(`${what}: ${caught === undefined ? 'taken' : caught}`, { cause: caught });
}

describe('a damaged checkpoint is refused', () => {
  it('truncated at any length', () => {
    for (let length = 0; length < intact.length; length++) expectDamage(`${length} bytes`, intact.subarray(0, length));
    expect(intact.length).toBeGreaterThan(dataStart + 1000);
  });

  it('with something after its end', () => {
    for (const extra of [1, 4, 8, 4096]) {
      const longer = new Uint8Array(intact.length + extra);
      longer.set(intact);
      expectDamage(`${extra} bytes more`, longer);
    }
  });

  it('with any byte altered', () => {
    const damaged = intact.slice();
    for (let at = 0; at < intact.length; at++) {
      // One bit, each in its turn, and all.
      for (const mask of [1 << (at % 8), 0xff]) {
        damaged[at] = (intact[at] as number) ^ mask;
        expectDamage(`byte ${at} with the bits ${mask} flipped`, damaged);
      }
      damaged[at] = intact[at] as number;
    }
    expectSameSnapshot(fromBytes(damaged, 'the file "x"'), snapshotOf(2));
  });

  it('with random bytes overwritten, zeroed or exchanged', () => {
    const random = new RandomStream(1, 'damage');
    let draws = 0;
    const below = (bound: number) => Math.floor(random.uniform(draws++) * bound);
    for (let round = 0; round < 2000; round++) {
      const damaged = intact.slice();
      const length = 1 + below(round % 2 === 0 ? 8 : 512);
      const start = below(intact.length - length);
      if (round % 3 === 0) damaged.fill(0, start, start + length);
      else if (round % 3 === 1) damaged.copyWithin(start, below(intact.length - length), intact.length);
      else for (let i = start; i < start + length; i++) damaged[i] = below(256);
      if (Buffer.compare(damaged, intact) !== 0) expectDamage(`round ${round}`, damaged);
    }
  });

  it('on disk too, by its path, whether cut short, altered, empty, foreign, missing, or a directory', async () => {
    const weights = encodeSafetensors({ 'edges.kernel': zeros([3, 1, 3, 3]) });
    const files: Readonly<Record<string, Uint8Array>> = {
      empty: new Uint8Array(),
      'no header': intact.subarray(0, 4),
      'half a header': intact.subarray(0, dataStart / 2),
      'no data': intact.subarray(0, dataStart),
      'half the data': intact.subarray(0, (dataStart + intact.length) / 2),
      'last byte missing': intact.subarray(0, -1),
      zeros: new Uint8Array(intact.length),
      text: new TextEncoder().encode('{"not": "a checkpoint"}'),
      'other weights': weights,
      'other metadata': encodeSafetensors({}, { sha256: 'abc', version: '1' }),
    };
    for (const [name, bytes] of Object.entries(files)) {
      const path = join(directory, name);
      writeFileSync(path, bytes);
      await expect(loadCheckpoint(path), name).rejects.toMatchObject({
        code: 'CONVOY_FILE_FORMAT',
        message: expect.stringContaining(JSON.stringify(path)),
      });
    }
    mkdirSync(join(directory, 'directory'));
    await expect(loadCheckpoint(join(directory, 'directory'))).rejects.toMatchObject({
      code: 'CONVOY_FILE_UNREADABLE',
    });
    await expect(loadCheckpoint(join(directory, 'missing'))).rejects.toMatchObject({ code: 'CONVOY_FILE_NOT_FOUND' });
  });

  it('and the checkpoint before it still loads', async () => {
    const checkpoints = await CheckpointDirectory.open(join(directory, 'run'), 3);
    const before = await checkpoints.save(snapshotOf(1));
    const last = await checkpoints.save(snapshotOf(2));
    writeFileSync(last, readFileSync(last).subarray(0, -1));
    await expect(loadCheckpoint((await latestCheckpoint(checkpoints.path)) as string)).rejects.toMatchObject({
      message: expect.stringContaining(JSON.stringify(last)),
    });
    expectSameSnapshot(await loadCheckpoint(before), snapshotOf(1));
    // A run that continues from there replaces the damaged file.
    await checkpoints.save(snapshotOf(2));
    expectSameSnapshot(await loadCheckpoint(last), snapshotOf(2));
  });
});
