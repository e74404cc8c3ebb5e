// Activations as kernels of their own, where they cannot be fused into the kernel before or after them.
import { load, multiply } from '../../language/floats.ts';
import { kernel } from '../../language/kernel-builder.ts';
import { cells } from '../../language/operands.ts';
import type { Activation } from './activation.ts';
import type { DerivativeActivation, InputActivation } from './input-activation.ts';

/** y = f(x), cell by cell. y may be x. */
export const pointwise = (count: number, activation: Pick<Activation, 'forward'>) =>
  kernel('pointwise', { x: cells(count), y: cells(count) }, (k, { x, y }) =>
    k.loop('i', 0, count, (i) => k.store(y(i), activation.forward(k, load(x(i))))),
  );

/** y = f(x) and derivative = f′(x), cell by cell. One of them may be x. */
export const pointwiseWithDerivative = (count: number, activation: DerivativeActivation) => {
  const operands = { x: cells(count), y: cells(count), derivative: cells(count) };
  return kernel('pointwiseWithDerivative', operands, (k, { x, y, derivative }) =>
    k.loop('i', 0, count, (i) => {
      const values = activation.forwardWithDerivative(k, load(x(i)));
      const slope = k.let('slope', values.derivative);
      k.store(y(i), values.y);
      k.store(derivative(i), slope);
    }),
  );
};

/** ∂E/∂x = ∂E/∂y · derivative, cell by cell. dx may be dy. */
export const pointwiseProduct = (count: number) => {
  const operands = { derivative: cells(count), dy: cells(count), dx: cells(count) };
  return kernel('pointwiseProduct', operands, (k, { derivative, dy, dx }) =>
    k.loop('i', 0, count, (i) => k.store(dx(i), multiply(load(dy(i)), load(derivative(i))))),
  );
};

/** ∂E/∂x = ∂E/∂y · f′ with f′ as a function of y, cell by cell. dx may be dy. */
export const pointwiseGradient = (count: number, activation: Activation) => {
  const operands = { y: cells(count), dy: cells(count), dx: cells(count) };
  return kernel('pointwiseGradient', operands, (k, { y, dy, dx }) =>
    k.loop('i', 0, count, (i) => k.store(dx(i), activation.backward(k, load(dy(i)), load(y(i))))),
  );
};

/** ∂E/∂x = ∂E/∂y · f′ with f′ as a function of x, cell by cell. dx may be dy. */
export const pointwiseInputGradient = (count: number, activation: InputActivation) => {
  const operands = { x: cells(count), dy: cells(count), dx: cells(count) };
  return kernel('pointwiseInputGradient', operands, (k, { x, dy, dx }) =>
    k.loop('i', 0, count, (i) => k.store(dx(i), activation.inputBackward(k, load(dy(i)), load(x(i))))),
  );
};
