// The reader of a data set in shared memory, with faults on request.
import { ConvoyError } from '@convoy/tensor/errors';

/** What happens when a row is read. */
export const Fault = { none: 0, error: 1, raw: 2, exit: 3, hang: 4 } as const;

export interface FaultyReaderOptions {
  readonly samples: Uint8Array<SharedArrayBuffer> | Float32Array<SharedArrayBuffer>;
  /** One word per row: a fault that happens once, when the row is read for the first time. */
  readonly faults: Int32Array<SharedArrayBuffer>;
  /** Counts the rows that were read. */
  readonly reads: Int32Array<SharedArrayBuffer>;
}

export function openReader({ samples, faults, reads }: FaultyReaderOptions) {
  const size = samples.length / faults.length;
  return {
    async read(row: number, into: Uint8Array | Float32Array): Promise<void> {
      switch (Atomics.exchange(faults, row, Fault.none)) {
        case Fault.error:
          throw new ConvoyError('CONVOY_FILE_FORMAT', {
            given: `the file of row ${row}`,
            expected: 'an image',
            fix: 'Remove it.',
          });
        case Fault.raw:
          throw new RangeError(`row ${row}`);
        case Fault.exit:
          return process.exit(1);
        case Fault.hang:
          for (;;);
      }
      Atomics.add(reads, 0, 1);
      // Some rows take longer than others, so that decoders finish in another order than they began.
      if (row % 7 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
      into.set(samples.subarray(row * size, (row + 1) * size));
    },
  };
}
