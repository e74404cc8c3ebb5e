// Augments samples in a thread that knows only the descriptions.
import { parentPort, workerData } from 'node:worker_threads';
import { Augmenter, importAugmentations } from '@convoy/datasets/augment';

const { operations, options, samples, row } = workerData;
await importAugmentations(operations);
const augmenter = new Augmenter(operations, options);
const to = new Uint8Array(row.length);
parentPort?.postMessage(
  samples.map((sample: number) => {
    augmenter.apply(row, 0, to, 0, 2, sample);
    return to.slice();
  }),
);
