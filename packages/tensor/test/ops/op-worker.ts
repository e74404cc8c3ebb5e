// A thread with its own engine. It computes the same ops for a while and posts the first results if all later ones are
// equal.
import { parentPort, workerData } from 'node:worker_threads';
import { conv2d, Tensor } from '../../src/index.ts';

export interface OpWorkerData {
  readonly x: Tensor;
  readonly kernel: Tensor;
  readonly rounds: number;
}

const { x, kernel, rounds } = workerData as OpWorkerData;
const compute = () => conv2d(new Tensor(x.data, x.shape), new Tensor(kernel.data, kernel.shape)).data;
const first = compute();
for (let round = 1; round < rounds; round++) {
  if (compute().some((value, i) => value !== first[i])) throw new Error(`Round ${round} differs from the first.`);
}
parentPort?.postMessage(first);
