// A packed data set that is streamed gives the bits of the data set in memory.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pack, packed, split } from '@convoy/datasets';
import { createTrainer } from '@convoy/trainer';
import { expect, it } from 'vitest';
import { hashOf } from '../bits.ts';
import { classifier, images } from '../small-cases.ts';

const SAMPLES = 300;
/** Room for two batches of images, which are streamed. */
const SMALL = 8192;

it('is trained on with the same bits, whole and in random parts', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'convoy-'));
  try {
    const stored = images(SAMPLES);
    const path = join(folder, 'images.safetensors');
    const { length } = await pack(stored, path, { shardBytes: 5000 });
    expect(length).toBeGreaterThan(3);
    const read = await packed(path);
    await using inMemory = await createTrainer({ ...classifier, workers: 2 });
    await using streaming = await createTrainer({ ...classifier, workers: 3, decoders: 2, memoryBudget: SMALL });
    await inMemory.fit(stored, { epochs: 2 });
    await streaming.fit(read, { epochs: 2 });
    expect(hashOf(streaming)).toBe(hashOf(inMemory));
    const sizes = { fractions: { train: 0.7, validation: 0.2 }, seed: 3 };
    const [parts, readParts] = [split(stored, sizes), split(read, sizes)];
    await inMemory.fit(parts.train, { epochs: 2, validation: parts.validation });
    await streaming.fit(readParts.train, { epochs: 2, validation: readParts.validation });
    expect(hashOf(streaming)).toBe(hashOf(inMemory));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
