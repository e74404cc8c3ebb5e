// Piecewise approximation of `silu`.
import { hardSwish as activation } from '@convoy/kernels';
import * as reference from '@convoy/kernels/reference';
import { defineInputActivation } from './activation-layer.ts';

/**
 * y = x · min(max(x + 3, 0), 6) / 6 for each element. Input of any shape, output of the same shape. The derivative is 0 at −3 and 1 at 3.
 * A. Howard and others, "Searching for MobileNetV3", 2019.
 */
export const hardSwish = defineInputActivation({
  type: 'hardSwish',
  settings: (check) => check({}),
  activation: () => activation,
  reference: () => ({ forward: reference.hardSwish, backward: reference.hardSwishGradient }),
});
