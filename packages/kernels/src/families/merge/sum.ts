// Sums of several blocks, and of the gradients from several branches.
import { add, load } from '../../language/floats.ts';
import type { Index } from '../../language/index-expression.ts';
import { kernel } from '../../language/kernel-builder.ts';
import { type BufferKind, cells } from '../../language/operands.ts';
import type { Vector } from '../../language/value.ts';
import { type Activation, derivativeOperand, identity } from '../activations/activation.ts';
import { type Numbered, numberedHandle, numberedOperands } from './numbered.ts';

/** y = f(x₁ + x₂ + …), cell by cell, added in order. y may be one of the terms. */
export function sum(count: number, terms: number, activation: Activation = identity) {
  const numbers = [...Array(terms).keys()];
  const operands: Numbered<'x', [number]> & { readonly y: BufferKind<[number]> } = {
    ...numberedOperands('x', numbers, () => cells(count)),
    y: cells(count),
  };
  return kernel('sum', operands, (k, { y, ...inputs }) => {
    const values = (i: Index) => numbers.map((number) => load(numberedHandle(inputs, 'x', number)(i)));
    k.loop('i', 0, count, (i) => k.store(y(i), activation.forward(k, total(values(i)))));
  });
}

/** ∂E/∂x = (g₁ + g₂ + …) · f′, cell by cell, added in order, where y = f(x). dx may be one of the terms. */
export function sumGradients(count: number, terms: number, activation: Activation) {
  const numbers = [...Array(terms).keys()];
  const operands: Numbered<'g', [number]> & { y: BufferKind<[number]> | undefined; dx: BufferKind<[number]> } = {
    ...numberedOperands('g', numbers, () => cells(count)),
    y: derivativeOperand(activation, cells(count)),
    dx: cells(count),
  };
  return kernel('sumGradients', operands, (k, { y, dx, ...gradients }) =>
    k.loop('i', 0, count, (i) => {
      const whole = total(numbers.map((number) => load(numberedHandle(gradients, 'g', number)(i))));
      k.store(dx(i), y ? activation.backward(k, whole, load(y(i))) : whole);
    }),
  );
}

const total = (terms: readonly Vector[]): Vector => terms.reduce((a, b) => add(a, b));
