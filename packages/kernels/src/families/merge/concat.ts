// Blocks behind each other, and the gradient taken apart again.
import { cells, kernel } from '../../language/kernel-builder.ts';
import type { Kernel } from '../../language/statement.ts';
import { type Buffer, load } from '../../language/value.ts';
import { type Activation, identity } from '../activations/activation.ts';
import { numberedBuffer, numberedParameters } from './numbered.ts';

/**
 * y = f(x₁, then x₂, …): blocks of so many cells each, one behind the other.
 *
 * Arguments: x1, x2, … cells, y cells (the sum of the counts).
 */
export function concat(counts: readonly number[], activation: Activation = identity): Kernel {
  const parameters = { ...numberedParameters('x', counts.keys()), y: 'f32[]' } as const;
  return kernel('concat', parameters, (k, given) => {
    const output = cells(given.y as Buffer, [total(counts)]);
    for (const [part, count] of counts.entries()) {
      const input = cells(numberedBuffer(given, 'x', part), [count]);
      const start = total(counts.slice(0, part));
      k.loop('i', 0, count, (i) => k.store(output(i.plus(start)), activation.forward(k, load(input(i)))));
    }
  });
}

/**
 * ∂E/∂x of the parts that are wanted: their stretches of ∂E/∂y.
 *
 * Arguments: dy cells (the sum of the counts), dx cells of each wanted part in order.
 */
export function concatGradient(counts: readonly number[], isWanted: readonly boolean[]): Kernel {
  const wanted = [...counts.keys()].filter((part) => isWanted[part]);
  const parameters = { dy: 'f32[]', ...numberedParameters('dx', wanted) } as const;
  return kernel('concatGradient', parameters, (k, given) => {
    const outputGradient = cells(given.dy as Buffer, [total(counts)]);
    for (const part of wanted) {
      const count = counts[part] as number;
      const inputGradient = cells(numberedBuffer(given, 'dx', part), [count]);
      const start = total(counts.slice(0, part));
      k.loop('i', 0, count, (i) => k.store(inputGradient(i), load(outputGradient(i.plus(start)))));
    }
  });
}

const total = (counts: readonly number[]): number => counts.reduce((a, b) => a + b, 0);
