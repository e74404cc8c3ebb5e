// Gives one trainer a new data set for each call, and drops it. Nothing of it may stay in memory. Readers put their data into shared memory, which
// V8 does not count, so the data sets of the campaign are in shared memory, too.
// npm run campaign:data -- --sets 400
import { createDataset, type StoredDataset } from '@convoy/datasets';
import { dense, flatten, maxPool2d, sequential, sgd, softmaxCrossEntropy } from '@convoy/layers';
import { finiteNumber, RandomStream, Tensor } from '@convoy/tensor';
import { createTrainer, type Trainer } from '@convoy/trainer';
import { droppedDataProblems } from './dropped-data-verdict.ts';
import { campaignOptions } from './options.ts';
import { row } from './row.ts';

export interface DroppedDataReport {
  /** The resident memory after each call, in MiB. */
  readonly mebibytes: readonly number[];
  readonly problems: readonly string[];
}

/** What is done with a data set. */
const uses = ['fit', 'fit and validate', 'evaluate', 'evaluateClasses', 'predict', 'predict a tensor'] as const;
type Use = (typeof uses)[number];

const SAMPLE_SHAPE = [1, 32, 32];
const SAMPLES = 16_384;
/** So many that the outputs of a data set take 8 MiB: outputs that stay in memory are found as well. */
const CLASSES = 128;
const SET_BYTES = SAMPLES * 32 * 32;

const options = campaignOptions({ sets: 400, workers: 2, seed: 1, json: false });
const sets = finiteNumber('--sets', options.sets, { above: 2 * uses.length });
const random = new RandomStream(options.seed, 'dropped data');

const write = (line: string) => {
  if (!options.json) process.stdout.write(`${line}\n`);
};

const known = newData();
const mebibytes: number[] = [];
{
  await using trainer = await createTrainer({
    model: sequential({ input: SAMPLE_SHAPE }, [maxPool2d({ size: 8 }), flatten(), dense({ units: CLASSES })]),
    loss: softmaxCrossEntropy(),
    optimizer: sgd({ learningRate: 0.001 }),
    batchSize: 256,
    workers: options.workers,
    seed: options.seed,
  });
  write(row('sets', 'MiB'));
  for (let i = 0; i < sets; i++) {
    // In the beginning each use has its turn, so that heaps and caches reach their size.
    const use = uses[i < uses.length ? i : random.uint32(i) % uses.length] as Use;
    // In the end only outputs are new.
    if (i < 0.75 * sets) await useData(trainer, use);
    else await trainer.predict(known);
    mebibytes.push(process.memoryUsage.rss() / 2 ** 20);
    if ((i + 1) % 20 === 0) write(row(i + 1, (mebibytes.at(-1) as number).toFixed(1)));
  }
}
const problems = droppedDataProblems(mebibytes, uses.length, SET_BYTES / 2 ** 20);
const report: DroppedDataReport = { mebibytes, problems };
if (options.json) process.stdout.write(JSON.stringify(report));
const peak = Math.max(...mebibytes.slice(uses.length));
write(
  `${sets} sets of ${SET_BYTES / 2 ** 20} MiB: ${mebibytes[uses.length - 1]?.toFixed(1)} MiB at the start, at most ${peak.toFixed(1)} MiB`,
);
for (const problem of problems) write(`PROMISE BROKEN: ${problem}`);
if (problems.length > 0) process.exitCode = 1;

async function useData(trainer: Trainer, use: Use): Promise<void> {
  if (use === 'fit') await trainer.fit(newData(), { epochs: 1 });
  if (use === 'fit and validate') await trainer.fit(newData(), { epochs: 1, validation: newData() });
  if (use === 'evaluate') await trainer.evaluate(newData());
  if (use === 'evaluateClasses') await trainer.evaluateClasses(newData());
  if (use === 'predict') await trainer.predict(newData());
  if (use === 'predict a tensor') await trainer.predict(newTensor());
}

/** The pages of memory count as resident after they were written. */
function newData(): StoredDataset {
  const inputs = new Uint8Array(new SharedArrayBuffer(SET_BYTES)).fill(1);
  const labels = new Uint8Array(new SharedArrayBuffer(SAMPLES));
  return createDataset({ sampleShape: SAMPLE_SHAPE, inputs, targets: { kind: 'labels', labels, classes: CLASSES } });
}

function newTensor(): Tensor {
  const numbers = new Float32Array(new SharedArrayBuffer(SET_BYTES)).fill(1);
  return new Tensor(numbers, [SAMPLES / Float32Array.BYTES_PER_ELEMENT, ...SAMPLE_SHAPE]);
}
