// Problems of kernels from planes x to planes y, and of their input gradients.
import type { Activation } from '../../src/families/activations/activation.ts';
import type { Kernel } from '../../src/language/kernel.ts';
import type { BufferKind } from '../../src/language/operands.ts';
import { expectClose, fromCells, SAMPLES, toCells, values } from '../harness.ts';
import { none } from './activation-references.ts';
import { type Problem, problem } from './kernel-cases.ts';

/** The number of cells of input and output. */
export interface Sizes {
  readonly x: number;
  readonly y: number;
}

type Reference<S> = (shape: S, batch: number, values: Float64Array) => Float64Array;

type Forward<S> = (shape: S, activation?: Activation) => Kernel<{ x: BufferKind; y: BufferKind }>;
type InputGradient<S> = (
  shape: S,
  activation: Activation,
) => Kernel<{ dy: BufferKind; x: BufferKind | undefined; dx: BufferKind }>;

export const forwardProblemOf =
  <S>(family: Forward<S>, expected: Reference<S>, sizesOf: (shape: S) => Sizes) =>
  (shape: S, seed: number, { activation, forward } = none): Problem => {
    const sizes = sizesOf(shape);
    const x = values(SAMPLES * sizes.x, seed, 1);
    const before = values(SAMPLES * sizes.y, seed, 2);
    return problem(family(shape, activation), { x: toCells(x), y: toCells(before) }, ({ y }) =>
      expectClose(fromCells(y), forward(expected(shape, SAMPLES, x))),
    );
  };

export const inputGradientProblemOf =
  <S>(family: InputGradient<S>, expected: Reference<S>, sizesOf: (shape: S) => Sizes) =>
  (shape: S, seed: number, { activation, gradient } = none): Problem => {
    const sizes = sizesOf(shape);
    const x = values(SAMPLES * sizes.x, seed, 1);
    const dy = values(SAMPLES * sizes.y, seed, 2);
    const before = values(SAMPLES * sizes.x, seed, 3);
    return problem(family(shape, activation), { dy: toCells(dy), x: toCells(x), dx: toCells(before) }, ({ dx }) =>
      expectClose(fromCells(dx), gradient(x, expected(shape, SAMPLES, dy))),
    );
  };
