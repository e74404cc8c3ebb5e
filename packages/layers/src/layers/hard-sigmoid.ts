// Piecewise linear sigmoid.
import { hardSigmoid as activation } from '@convoy/kernels';
import * as reference from '@convoy/kernels/reference';
import { defineActivation } from './activation-layer.ts';

/**
 * y = min(max(x + 3, 0), 6) / 6 for each element. Input of any shape, output of the same shape. The derivative at −3 and 3 is 0.
 * A. Howard and others, "Searching for MobileNetV3", 2019.
 */
export const hardSigmoid = defineActivation({
  type: 'hardSigmoid',
  settings: (check) => check({}),
  activation: () => activation,
  reference: () => ({ forward: reference.hardSigmoid, backward: reference.hardSigmoidGradient }),
});
