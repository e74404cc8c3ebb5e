// A plain convolutional network for 32×32 colour images.
import { conv2d } from '../layers/conv2d.ts';
import { dense } from '../layers/dense.ts';
import { flatten } from '../layers/flatten.ts';
import { maxPool2d } from '../layers/max-pool2d.ts';
import { relu } from '../layers/relu.ts';
import type { Model } from '../model/model.ts';
import { sequential } from '../model/sequential.ts';

/** Two pairs of 3×3 convolutions with 32 and 64 channels, each pair followed by pooling, then 128 features: 591 274 parameters. */
export const cifarCnn = (): Model =>
  sequential({ input: [3, 32, 32] }, [
    ...[32, 64].flatMap((filters) => [
      conv2d({ filters, kernelSize: 3, padding: 1 }),
      relu(),
      conv2d({ filters, kernelSize: 3, padding: 1 }),
      relu(),
      maxPool2d({ size: 2 }),
    ]),
    flatten(),
    dense({ units: 128 }),
    relu(),
    dense({ units: 10 }),
  ]);
