// An activation by itself, for where it cannot be fused into the kernel before or after it.
import { cells, kernel } from '../language/kernel-builder.ts';
import type { Kernel } from '../language/statement.ts';
import { load } from '../language/value.ts';
import type { Activation } from './activation.ts';

/**
 * y = f(x), cell by cell.
 *
 * Arguments: x cells, y cells (may be x).
 */
export function pointwise(count: number, activation: Activation): Kernel {
  return kernel('pointwise', { x: 'f32[]', y: 'f32[]' }, (k, { x, y }) => {
    const input = cells(x, [count]);
    const output = cells(y, [count]);
    k.loop('i', 0, count, (i) => k.store(output(i), activation.forward(k, load(input(i)))));
  });
}

/**
 * ∂E/∂x = ∂E/∂y · f′, cell by cell.
 *
 * Arguments: y cells, dy cells, dx cells (may be dy).
 */
export function pointwiseGradient(count: number, activation: Activation): Kernel {
  return kernel('pointwiseGradient', { y: 'f32[]', dy: 'f32[]', dx: 'f32[]' }, (k, { y, dy, dx }) => {
    const output = cells(y, [count]);
    const outputGradient = cells(dy, [count]);
    const inputGradient = cells(dx, [count]);
    k.loop('i', 0, count, (i) =>
      k.store(inputGradient(i), activation.backward(k, load(outputGradient(i)), load(output(i)))),
    );
  });
}
