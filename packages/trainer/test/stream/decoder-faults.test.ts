// Decoders that fail: those that die or hang are replaced, and samples that cannot be read end the run.
import { createTrainer, type TrainerOptions } from '@convoy/trainer';
import { describe, expect, it } from 'vitest';
import { hashOf } from '../bits.ts';
import { Fault } from '../programs/faulty-reader.ts';
import { expectRefusal } from '../refusal.ts';
import { classifier, images } from '../small-cases.ts';
import { threadsDuring } from '../threads.ts';
import { readFromFiles } from './read-data.ts';

const SAMPLES = 300;
const stored = images(SAMPLES);
/** Streamed, and loaded. */
const budgets = [8192, 2 ** 30];

async function undisturbed(): Promise<string> {
  await using trainer = await createTrainer({ ...classifier, workers: 2 });
  await trainer.fit(stored, { epochs: 2 });
  return hashOf(trainer);
}

describe.each(budgets)('with a memory budget of %d bytes, a decoder', (memoryBudget) => {
  const options: TrainerOptions = { ...classifier, workers: 2, decoders: 2, memoryBudget, hangSeconds: 0.5 };

  it('that exits is replaced, with the same bits', async () => {
    const { data, plant } = readFromFiles(stored);
    for (const row of [3, 120, 121, 299]) plant(row, Fault.exit);
    const failures: string[] = [];
    const onWorkerFailure = ({ given }: Error & { given: string }) => void failures.push(given);
    await using trainer = await createTrainer({
      ...options,
      maxFailures: 5,
      onWorkerFailure: onWorkerFailure as never,
    });
    await trainer.fit(data, { epochs: 2 });
    expect(hashOf(trainer)).toBe(await undisturbed());
    expect(failures).toHaveLength(4);
    for (const failure of failures) expect(failure).toMatch(/\(decoder [01]\)$/);
  });

  it('that is terminated, or hangs, is replaced, with the same bits', async () => {
    const { data, plant } = readFromFiles(stored);
    plant(200, Fault.hang);
    await using trainer = await createTrainer(options);
    await trainer.fit(data, { epochs: 2 });
    expect(hashOf(trainer)).toBe(await undisturbed());
  });

  it.each([
    { fault: Fault.error, code: 'CONVOY_FILE_FORMAT', given: /^the file of row 77$/ },
    { fault: Fault.raw, code: 'CONVOY_INVALID_DATA', given: /^a sample that could not be read: RangeError: row 77$/ },
  ] as const)('that cannot read a sample ends the run with $code, and the next run reads again', async (expected) => {
    const { data, plant } = readFromFiles(stored);
    plant(77, expected.fault);
    const { left } = await threadsDuring(async () => {
      await using trainer = await createTrainer(options);
      await expectRefusal(trainer.fit(data, { epochs: 2 }), expected.code, expected.given);
      await trainer.fit(data, { epochs: 1 });
      plant(99, expected.fault);
      await trainer.evaluate(data).catch(() => {});
      await trainer.evaluate(data);
    });
    expect(left).toBe(0);
  });
});

it('a module without openReader ends the run', async () => {
  const module = new URL('../bits.ts', import.meta.url).href;
  const data = { ...stored, source: { kind: 'read', element: 'uint8', module, options: {} } } as const;
  await using trainer = await createTrainer({ ...classifier, workers: 1 });
  await expectRefusal(trainer.fit(data, { epochs: 1 }), 'CONVOY_INVALID_DATA', /exports no function openReader$/);
});
