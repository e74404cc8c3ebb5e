// The three products of row-major matrices, computed by the kernels of the dense layer. The rows of the first factor
// are the samples, so one routine serves any number of rows.
import { dense, denseInputGradient, denseScratchFloats, denseWeightGradient } from '@convoy/kernels';
import { call } from './call.ts';
import { engine } from './engine.ts';
import { samples, shared } from './routine.ts';

/** a·b, with the shapes [m, k]·[k, n] = [m, n]. */
export function product(m: number, k: number, n: number, a: Float32Array, b: Float32Array): Float32Array {
  const { y } = engine.run(['product', k, n], m, { a, b }, () => ({
    inputs: { a: samples(k), b: shared(k * n) },
    outputs: { y: samples(n) },
    calls: [call(denseInputGradient({ inFeatures: n, outFeatures: k }), { dy: 'a', w: 'b', dx: 'y' })],
  }));
  return y;
}

/** a·bᵀ + bias, with the shapes [m, k]·[n, k]ᵀ = [m, n]. The bias [n] is added to each row. */
export function productWithTransposed(
  m: number,
  k: number,
  n: number,
  a: Float32Array,
  b: Float32Array,
  bias?: Float32Array,
): Float32Array {
  const useBias = bias !== undefined;
  const { y } = engine.run(['productWithTransposed', k, n, useBias], m, { a, b, bias }, () => ({
    inputs: { a: samples(k), b: shared(n * k), bias: useBias ? shared(n) : undefined },
    outputs: { y: samples(n) },
    calls: [call(dense({ inFeatures: k, outFeatures: n }, { useBias }), { x: 'a', w: 'b', bias: 'bias', y: 'y' })],
  }));
  return y;
}

/** aᵀ·b, with the shapes [m, k]ᵀ·[m, n] = [k, n], summed over the m rows in order. */
export function productOfTransposed(m: number, k: number, n: number, a: Float32Array, b: Float32Array): Float32Array {
  const shape = { inFeatures: n, outFeatures: k };
  const { y } = engine.run(['productOfTransposed', k, n], m, { a, b }, () => ({
    inputs: { a: samples(k), b: samples(n) },
    outputs: { y: shared(k * n) },
    scratch: { transposed: shared(denseScratchFloats(shape)) },
    calls: [call(denseWeightGradient(shape, true), { x: 'b', dy: 'a', scratch: 'transposed', dw: 'y' })],
  }));
  return y;
}
