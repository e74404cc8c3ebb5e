// ReLU with an upper bound.
import { relu6 as activation } from '@convoy/kernels';
import * as reference from '@convoy/kernels/reference';
import { defineActivation } from './activation-layer.ts';

/**
 * y = min(max(x, 0), 6) for each element. Input of any shape, output of the same shape. The derivative at 0 and 6 is 0.
 * A. Krizhevsky, "Convolutional deep belief networks on CIFAR-10", 2010.
 */
export const relu6 = defineActivation({
  type: 'relu6',
  settings: (check) => check({}),
  activation: () => activation,
  reference: () => ({ forward: reference.relu6, backward: reference.relu6Gradient }),
});
