// A tensor of samples as a data set, to predict their outputs.
import { createDataset, type Dataset } from '@convoy/datasets';
import type { Tensor } from '@convoy/tensor';

/** @param inputs (N, ...input) */
export function samplesOf(inputs: Tensor): Dataset {
  const [length = 0, ...sampleShape] = inputs.shape;
  // A data set must have targets. A prediction does not read them.
  const labels = new Int32Array(length);
  return createDataset({ sampleShape, inputs: inputs.data, targets: { kind: 'labels', labels, classes: 1 } });
}
