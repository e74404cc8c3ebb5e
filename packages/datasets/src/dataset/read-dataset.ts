// Makes data sets whose samples are read when they are needed.
import { ConvoyError, type Shape } from '@convoy/tensor';
import type { Dataset, ReadSource } from './dataset.ts';
import { shared } from './shared-array.ts';

/** What a reader knows of its samples. */
export interface ReadSamples {
  readonly sampleShape: Shape;
  readonly source: ReadSource;
  /** The class of each sample. */
  readonly labels: ArrayLike<number>;
  /** Default: as many as there are names. */
  readonly classes?: number;
  readonly classNames?: readonly string[];
}

/**
 * A data set of bytes with labels, which are scaled to 0 … 1.
 * @throws ConvoyError CONVOY_DATASET_TOO_SMALL without samples
 */
export function readDataset({
  sampleShape,
  source,
  labels,
  classNames,
  classes = classNames?.length ?? 0,
}: ReadSamples): Dataset {
  const { length } = labels;
  if (length === 0) {
    throw new ConvoyError('CONVOY_DATASET_TOO_SMALL', {
      given: 'a data set without a sample that can be read',
      expected: 'at least one sample',
      fix: 'Look at why files were skipped.',
    });
  }
  const [channels = 1] = sampleShape;
  return {
    length,
    sampleShape: Object.freeze([...sampleShape]),
    source,
    targets: {
      kind: 'labels',
      labels: shared<Int32Array<SharedArrayBuffer>>(labels, Int32Array),
      classes,
      ...(classNames && { classNames: Object.freeze([...classNames]) }),
      shape: [],
    },
    normalization: { scale: Array<number>(channels).fill(1 / 255), offset: Array<number>(channels).fill(0) },
  };
}
