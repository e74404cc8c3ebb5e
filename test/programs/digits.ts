// Random data with the shapes of MNIST, because the time of a step does not depend on the content.
import { createDataset, type Dataset } from '@convoy/datasets';
import { RandomStream } from '@convoy/tensor';

const PIXELS = 28 * 28;

export function digits(length: number): Dataset {
  const random = new RandomStream(0, 'digits');
  const digit = Uint8Array.from({ length: PIXELS }, (_, i) => random.uint32(i));
  const inputs = new Uint8Array(new SharedArrayBuffer(length * PIXELS));
  for (let sample = 0; sample < length; sample++) inputs.set(digit, sample * PIXELS);
  const labels = Int32Array.from({ length }, (_, i) => random.uint32(i) % 10);
  return createDataset({ sampleShape: [1, 28, 28], inputs, targets: { kind: 'labels', labels, classes: 10 } });
}
