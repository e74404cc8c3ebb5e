// An activation by itself, for where it cannot be fused into the kernel before or after it.
import { cells, type KernelBuilder, kernel } from '../../language/kernel-builder.ts';
import type { Kernel } from '../../language/statement.ts';
import { load, type Vector } from '../../language/value.ts';
import type { Activation } from './activation.ts';
import type { InputActivation } from './input-activation.ts';

/**
 * y = f(x), cell by cell.
 *
 * Arguments: x cells, y cells (may be x).
 */
export function pointwise(count: number, activation: Pick<Activation, 'forward'>): Kernel {
  return kernel('pointwise', { x: 'f32[]', y: 'f32[]' }, (k, { x, y }) => {
    const input = cells(x, [count]);
    const output = cells(y, [count]);
    k.loop('i', 0, count, (i) => k.store(output(i), activation.forward(k, load(input(i)))));
  });
}

/**
 * ∂E/∂x = ∂E/∂y · f′ with f′ as a function of y, cell by cell.
 *
 * Arguments: y cells, dy cells, dx cells (may be dy).
 */
export const pointwiseGradient = (count: number, activation: Activation): Kernel =>
  gradient('pointwiseGradient', count, (k, dy, y) => activation.backward(k, dy, y));

/**
 * ∂E/∂x = ∂E/∂y · f′ with f′ as a function of x, cell by cell.
 *
 * Arguments: x cells, dy cells, dx cells (may be dy).
 */
export const pointwiseInputGradient = (count: number, activation: InputActivation): Kernel =>
  gradient('pointwiseInputGradient', count, (k, dy, x) => activation.inputBackward(k, dy, x));

/** Arguments: what was kept, dy, dx, all as cells. */
function gradient(
  name: string,
  count: number,
  backward: (k: KernelBuilder, outputGradient: Vector, kept: Vector) => Vector,
): Kernel {
  return kernel(name, { kept: 'f32[]', dy: 'f32[]', dx: 'f32[]' }, (k, { kept, dy, dx }) => {
    const values = cells(kept, [count]);
    const outputGradient = cells(dy, [count]);
    const inputGradient = cells(dx, [count]);
    k.loop('i', 0, count, (i) => k.store(inputGradient(i), backward(k, load(outputGradient(i)), load(values(i)))));
  });
}
