// Sigmoid linear unit, also called swish.
import { silu as activation } from '@convoy/kernels';
import * as reference from '@convoy/kernels/reference';
import { defineInputActivation } from './activation-layer.ts';

/**
 * y = x / (1 + e⁻ˣ) for each element. Input of any shape, output of the same shape.
 * S. Elfwing, E. Uchibe, K. Doya, "Sigmoid-weighted linear units for neural network function approximation in reinforcement learning", 2017.
 */
export const silu = defineInputActivation({
  type: 'silu',
  settings: (check) => check({}),
  activation: () => activation,
  reference: () => ({ forward: reference.silu, backward: reference.siluGradient }),
});
