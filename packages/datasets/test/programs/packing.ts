// Packs a data set in many shards to the path of its argument, until it is killed.
import { createDataset, pack } from '../../src/index.ts';

const SAMPLES = 5_000;
const [, , path] = process.argv;
const dataset = createDataset({
  sampleShape: [1, 1, 1],
  inputs: new Uint8Array(SAMPLES),
  targets: { kind: 'labels', labels: new Uint8Array(SAMPLES), classes: 2 },
});
await pack(dataset, path as string, { shardBytes: 1 });
