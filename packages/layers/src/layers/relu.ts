// ReLU.
import { relu as activation } from '@convoy/kernels';
import * as reference from '@convoy/kernels/reference';
import { defineActivation } from './activation-layer.ts';

/** y = max(0, x); the derivative at 0 is taken as 0, for each number of an input of any shape. */
export const relu = defineActivation({
  type: 'relu',
  settings: () => ({}),
  activation: () => activation,
  reference: () => ({ forward: reference.relu, backward: reference.reluGradient }),
});
