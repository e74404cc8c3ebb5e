// Files above 2 GiB: a checkpoint with a tensor of more than 2^31 bytes is saved, found and read, with private and with shared memory. It takes
// 7 GiB of memory and 2 GiB in the directory for temporary files. The exit code is 1 if a bit differs.
// npm run campaign:large
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSafetensors } from '@convoy/formats';
import { Tensor } from '@convoy/tensor';
import { CheckpointDirectory } from '../../packages/trainer/src/checkpoint/checkpoint-directory.ts';
import { checkpointAt } from '../../packages/trainer/src/checkpoint/resume.ts';
import { snapshotOf } from '../../packages/trainer/test/checkpoint/snapshots.ts';

const BYTES = 2 ** 31 + 2 ** 20;
const STRIDE = 4_099;
const write = (line: string) => process.stdout.write(`${line}\n`);

/** A number that is exact in float32 and that differs between neighbors, and between chunks. */
const valueAt = (i: number): number => (i % 65_521) + Math.floor(i / 2 ** 22) * 8192;

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const began = performance.now();
  const result = await work();
  write(`${what.padEnd(20)}${((performance.now() - began) / 1000).toFixed(1).padStart(6)} s`);
  return result;
}

function check(what: string, tensor: Tensor | undefined): void {
  if (tensor?.size !== BYTES / 4) throw new Error(`${what}: ${tensor?.size} elements`);
  const { data } = tensor;
  for (let i = 0; i < data.length; i += STRIDE) {
    if (data[i] !== valueAt(i)) throw new Error(`${what}: element ${i} is ${data[i]}, expected ${valueAt(i)}`);
  }
}

const path = await mkdtemp(join(tmpdir(), 'convoy-large-'));
try {
  const data = new Float32Array(BYTES / 4);
  for (let i = 0; i < data.length; i += STRIDE) data[i] = valueAt(i);
  const callbacks = { large: { best: new Tensor(data, [data.length]) } };
  const directory = await CheckpointDirectory.open(path, 1);
  const file = await timed('save', () => directory.save({ ...snapshotOf(1), callbacks }));
  await directory.close();
  write(`${(await stat(file)).size} bytes`);
  const found = await timed('find and read', () => checkpointAt(path));
  check('read', (found?.snapshot.callbacks as typeof callbacks | undefined)?.large.best);
  const { tensors } = await timed('read shared', () => readSafetensors(file, { shared: true }));
  check('read shared', tensors.get('callback.large/best'));
  write('same');
} finally {
  await rm(path, { recursive: true });
}
