// Concatenation of blocks, and its gradients.
import { load } from '../../language/floats.ts';
import { kernel } from '../../language/kernel-builder.ts';
import { type BufferKind, cells } from '../../language/operands.ts';
import { type Activation, identity } from '../activations/activation.ts';
import { type Numbered, numberedHandle, numberedOperands } from './numbered.ts';

/** y = f(x₁, x₂, …): concatenates blocks. @param counts the number of cells of each */
export function concat(counts: readonly number[], activation: Activation = identity) {
  const operands: Numbered<'x', [number]> & { readonly y: BufferKind<[number]> } = {
    ...numberedOperands('x', counts.keys(), (part) => cells(counts[part] as number)),
    y: cells(total(counts)),
  };
  return kernel('concat', operands, (k, { y, ...inputs }) => {
    for (const [part, count] of counts.entries()) {
      const input = numberedHandle(inputs, 'x', part);
      const start = total(counts.slice(0, part));
      k.loop('i', 0, count, (i) => k.store(y(i.plus(start)), activation.forward(k, load(input(i)))));
    }
  });
}

/** ∂E/∂x of the blocks that are wanted: their sections of ∂E/∂y. */
export function concatGradient(counts: readonly number[], isWanted: readonly boolean[]) {
  const wanted = [...counts.keys()].filter((part) => isWanted[part]);
  const operands: Numbered<'dx', [number]> & { readonly dy: BufferKind<[number]> } = {
    dy: cells(total(counts)),
    ...numberedOperands('dx', wanted, (part) => cells(counts[part] as number)),
  };
  return kernel('concatGradient', operands, (k, { dy, ...gradients }) => {
    for (const part of wanted) {
      const count = counts[part] as number;
      const inputGradient = numberedHandle(gradients, 'dx', part);
      const start = total(counts.slice(0, part));
      k.loop('i', 0, count, (i) => k.store(inputGradient(i), load(dy(i.plus(start)))));
    }
  });
}

const total = (counts: readonly number[]): number => counts.reduce((a, b) => a + b, 0);
