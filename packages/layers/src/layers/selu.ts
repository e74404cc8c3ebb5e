// Scaled exponential linear unit.
import { selu as activation } from '@convoy/kernels';
import * as reference from '@convoy/kernels/reference';
import { defineActivation } from './activation-layer.ts';

/**
 * y = λ · x where x > 0, else λα · (eˣ − 1), for each element, with λ = 1.0507009873554805 and α = 1.6732632423543772. Input of any shape, output of
 * the same shape.
 * G. Klambauer and others, "Self-normalizing neural networks", 2017.
 */
export const selu = defineActivation({
  type: 'selu',
  settings: (check) => check({}),
  activation: () => activation,
  reference: () => ({ forward: reference.selu, backward: reference.seluGradient }),
});
