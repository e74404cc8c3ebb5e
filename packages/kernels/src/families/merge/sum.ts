// Sums of several blocks, and of the gradients that come back from several branches.
import { cells, kernel } from '../../language/kernel-builder.ts';
import type { Kernel } from '../../language/statement.ts';
import { add, type Buffer, load, type Vector } from '../../language/value.ts';
import { type Activation, identity } from '../activations/activation.ts';
import { numberedBuffer, numberedParameters } from './numbered.ts';

/**
 * y = f(x₁ + x₂ + …), cell by cell, added in order.
 *
 * Arguments: x1, x2, … cells (`terms` of them), y cells (may be one of them).
 */
export function sum(count: number, terms: number, activation: Activation = identity): Kernel {
  return kernel('sum', { ...numberedParameters('x', Array(terms).keys()), y: 'f32[]' }, (k, given) => {
    const output = cells(given.y as Buffer, [count]);
    const inputs = views(given, 'x', terms, count);
    k.loop('i', 0, count, (i) =>
      k.store(output(i), activation.forward(k, total(inputs.map((input) => load(input(i)))))),
    );
  });
}

/**
 * ∂E/∂x = (g₁ + g₂ + …) · f′, cell by cell, added in order, where y = f(x).
 *
 * Arguments: g1, g2, … cells (`terms` of them), y cells (none for the identity), dx cells (may be one of the terms).
 */
export function sumGradients(count: number, terms: number, activation: Activation): Kernel {
  const y = activation === identity ? undefined : 'f32[]';
  return kernel('sumGradients', { ...numberedParameters('g', Array(terms).keys()), y, dx: 'f32[]' }, (k, given) => {
    const inputGradient = cells(given.dx as Buffer, [count]);
    const parts = views(given, 'g', terms, count);
    k.loop('i', 0, count, (i) => {
      const whole = total(parts.map((part) => load(part(i))));
      const derived = y ? activation.backward(k, whole, load(cells(given.y as Buffer, [count])(i))) : whole;
      k.store(inputGradient(i), derived);
    });
  });
}

const views = (given: Readonly<Record<string, unknown>>, name: string, terms: number, count: number) =>
  Array.from({ length: terms }, (_, i) => cells(numberedBuffer(given, name, i), [count]));

const total = (terms: readonly Vector[]): Vector => terms.reduce((a, b) => add(a, b));
