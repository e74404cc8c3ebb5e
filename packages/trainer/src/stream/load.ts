// Loads a data set that fits into memory: decoders read every sample once.
import type { StoredDataset } from '@convoy/datasets';
import { sizeOf } from '@convoy/tensor';
import { Ring } from '../shared/ring.ts';
import { createRing } from './create-ring.ts';
import { Decoders, type DecoderTask } from './decoders.ts';
import type { ReadDataset } from './read-dataset.ts';

const ALIVE_MILLISECONDS = 60_000;

/**
 * @param signals end the loading
 * @returns undefined if a signal has ended it
 * @throws ConvoyError why a sample cannot be read; CONVOY_OUT_OF_MEMORY, CONVOY_WORKER_FAILED
 */
export async function loadSamples(
  dataset: ReadDataset,
  task: Omit<DecoderTask, 'source' | 'length' | 'once' | 'ring'>,
  signals: readonly AbortSignal[],
): Promise<StoredDataset | undefined> {
  const { length, source, sampleShape } = dataset;
  const capacity = 2 ** Math.ceil(Math.log2(length));
  const ring = createRing({ capacity, rows: length, element: source.element, rowSize: sizeOf(sampleShape) });
  const decoders = new Decoders({ ...task, ring, source, length, once: true });
  const stop = () => void decoders.close();
  for (const signal of signals) signal.addEventListener('abort', stop);
  // Decoders do not keep the process alive.
  const alive = setInterval(() => {}, ALIVE_MILLISECONDS);
  try {
    await decoders.end;
  } finally {
    clearInterval(alive);
    for (const signal of signals) signal.removeEventListener('abort', stop);
    await decoders.close();
  }
  if (signals.some(({ aborted }) => aborted)) return undefined;
  return { ...dataset, source: { kind: 'stored', samples: new Ring(ring).rows } };
}
