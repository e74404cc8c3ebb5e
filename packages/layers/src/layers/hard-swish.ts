// Piecewise form of `silu`.
import { hardSwish as activation } from '@convoy/kernels';
import * as reference from '@convoy/kernels/reference';
import { defineInputActivation } from './activation-layer.ts';

/**
 * y = x · min(max(x + 3, 0), 6) / 6, for each number of an input of any shape; the derivative at −3 is taken as 0, at 3 as 1.
 * A. Howard and others, "Searching for MobileNetV3", 2019.
 */
export const hardSwish = defineInputActivation({
  type: 'hardSwish',
  settings: () => ({}),
  activation: () => activation,
  reference: () => ({ forward: reference.hardSwish, backward: reference.hardSwishGradient }),
});
