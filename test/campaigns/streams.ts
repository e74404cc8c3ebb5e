// Trains on a folder of images that does not fit into the memory budget. The bits must be those of the images in memory, for any number of
// decoders and workers, and for a run that is killed in the middle of an epoch and resumed. Then it measures: the speed of the decoders alone, of
// training with images in memory, and of training with streamed images, in turn; and the resident memory.
// npm run campaign:streams -- --images 10000 --decoders 4 --workers 4
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fashionMnist, load } from '@convoy/datasets';
import { createTrainer } from '@convoy/trainer';
import { hashOf } from '../../packages/trainer/test/bits.ts';
import { exportImages } from './image-export.ts';
import { campaignOptions } from './options.ts';
import { row } from './row.ts';
import { photosIn, type StreamModel, streamingOptions, trainedHash } from './stream-setting.ts';

const { images, decoders, workers, rounds } = campaignOptions({ images: 10_000, decoders: 4, workers: 4, rounds: 3 });

/** Steps after which the process is killed, and between its checkpoints. */
const KILL_AFTER_STEPS = 23;

const root = mkdtempSync(join(tmpdir(), 'convoy-streams-'));
const folder = join(root, 'photos');
const problems: string[] = [];
try {
  const { train } = await fashionMnist();
  const bytes = await exportImages(train, folder, images);
  print(`${images} PNG files of ${bytes} bytes, ${images * 784} bytes of pixels`);
  await compareBits();
  await killAndResume();
  for (const model of ['lenet5', 'resnet20'] as const) await measure(model);
} finally {
  rmSync(root, { recursive: true, force: true });
}
print(`${problems.length} problems`);
for (const problem of problems) print(problem);
if (problems.length > 0) process.exitCode = 1;

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function compareBits(): Promise<void> {
  const data = await photosIn(folder);
  const expected = await trainedHash(await load(data), { workers: 1 });
  print(`in memory: ${expected}`);
  for (let d = 1; d <= decoders; d++) {
    for (let w = 1; w <= workers; w++) {
      const hash = await trainedHash(data, { decoders: d, workers: w });
      if (hash !== expected) problems.push(`${d} decoders and ${w} workers: ${hash}`);
    }
  }
  print(`${decoders * workers} runs with 1 to ${decoders} decoders and 1 to ${workers} workers have been compared`);
}

/** Kills a process in the middle of an epoch, and resumes its run in another one. */
async function killAndResume(): Promise<void> {
  const checkpoints = join(root, 'checkpoints');
  const program = new URL('stream-process.ts', import.meta.url);
  const start = () => fork(program, [folder, checkpoints, `${KILL_AFTER_STEPS}`]);
  const first = start();
  await once(first, 'message');
  first.kill('SIGKILL');
  await once(first, 'exit');
  const second = start();
  let hash: unknown;
  second.on('message', (message) => {
    hash = message;
  });
  await once(second, 'exit');
  const expected = await trainedHash(await photosIn(folder), { workers: 2 });
  if (hash !== expected) problems.push(`killed and resumed: ${hash}, not ${expected}`);
  print(`killed after a checkpoint at step ${KILL_AFTER_STEPS} and resumed: ${hash}`);
}

async function measure(model: StreamModel): Promise<void> {
  const data = await photosIn(folder);
  const stored = await load(data);
  await using inMemory = await createTrainer(streamingOptions(model, { memoryBudget: undefined }));
  await using streaming = await createTrainer(streamingOptions(model, {}));
  const perSecond = async (work: () => Promise<unknown>): Promise<number> => {
    const began = performance.now();
    await work();
    return (images / (performance.now() - began)) * 1000;
  };
  // The first epoch starts decoders and compiles.
  await inMemory.fit(stored, { epochs: 1 });
  await streaming.fit(data, { epochs: 1 });
  print(`${model}, 2 workers   ${row('decode/s', 'memory/s', 'stream/s', 'ratio')}`);
  for (let round = 0; round < rounds; round++) {
    const decoded = await perSecond(async () => {
      await using fresh = await createTrainer(streamingOptions('lenet5', { memoryBudget: undefined }));
      await fresh.evaluate({ ...data });
    });
    const trained = await perSecond(() => inMemory.fit(stored, { epochs: 1 }));
    const streamed = await perSecond(() => streaming.fit(data, { epochs: 1 }));
    const ratio = streamed / Math.min(decoded, trained);
    print(' '.repeat(18) + row(...[decoded, trained, streamed].map((speed) => speed.toFixed(0)), ratio.toFixed(3)));
  }
  print(
    `${model}: resident memory grew by ${await growthDuring(() => streaming.fit(data, { epochs: 1 }))} MiB in an epoch of streams`,
  );
  await inMemory.fit(stored, { epochs: 1 });
  if (hashOf(inMemory) !== hashOf(streaming)) problems.push(`${model}: other bits while measuring`);
}

/** How much the resident memory of this process grows at most. */
async function growthDuring(work: () => Promise<unknown>): Promise<string> {
  const before = process.memoryUsage().rss;
  let greatest = before;
  const watch = setInterval(() => {
    greatest = Math.max(greatest, process.memoryUsage().rss);
  }, 20);
  await work();
  clearInterval(watch);
  return ((greatest - before) / 2 ** 20).toFixed(0);
}
