// Rectified linear unit.
import { relu as activation } from '@convoy/kernels';
import * as reference from '@convoy/kernels/reference';
import { defineActivation } from './activation-layer.ts';

/**
 * y = max(0, x) for each element. Input of any shape, output of the same shape. The derivative at 0 is 0.
 * V. Nair, G. E. Hinton, "Rectified linear units improve restricted Boltzmann machines", 2010.
 */
export const relu = defineActivation({
  type: 'relu',
  settings: (check) => check({}),
  activation: () => activation,
  reference: () => ({ forward: reference.relu, backward: reference.reluGradient }),
});
