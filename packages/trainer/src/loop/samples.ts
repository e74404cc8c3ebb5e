// A tensor of samples as a data set, to predict their outputs.
import { createDataset, type Dataset } from '@convoy/datasets';
import type { Plan } from '@convoy/layers/runtime';
import { ConvoyError, formatShape, sameShape, type Tensor } from '@convoy/tensor';

/**
 * @param inputs (N, ...input)
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH for a single sample without the dimension of samples; CONVOY_INVALID_DATA, CONVOY_INVALID_SHAPE
 */
export function samplesOf(inputs: Tensor, { input }: Plan): Dataset {
  if (sameShape(inputs.shape, input)) {
    throw new ConvoyError('CONVOY_SHAPE_MISMATCH', {
      given: `a tensor of shape ${formatShape(inputs.shape)}, the shape of one sample`,
      expected: `the shape [N, ${input.join(', ')}] of N samples`,
      fix: `Add the dimension of samples: x.reshape(${formatShape([1, ...input])}).`,
    });
  }
  const [length = 0, ...sampleShape] = inputs.shape;
  // A data set must have targets. A prediction does not read them.
  const labels = new Int32Array(length);
  return createDataset({ sampleShape, inputs: inputs.data, targets: { kind: 'labels', labels, classes: 1 } });
}
