// Random bits as a function of integers, for kernels that draw random numbers without a state.
import { multiplyIntegers, shiftRight, xor } from '../../language/integers.ts';
import type { KernelBuilder } from '../../language/kernel-builder.ts';
import type { IntegerVector } from '../../language/value.ts';

/**
 * A permutation of the 32-bit integers in which each bit depends on all bits: `lowbias32` from C. Wellons'
 * hash-prospector, public domain.
 */
export function mix(k: KernelBuilder, value: IntegerVector): IntegerVector {
  const first = multiplyIntegers(xorShift(k, value, 16), 0x7feb352d);
  const second = multiplyIntegers(xorShift(k, first, 15), 0x846ca68b);
  return k.letIntegers('mixed', xorShift(k, second, 16));
}

/** x ⊕ (x >>> bits) */
function xorShift(k: KernelBuilder, value: IntegerVector, bits: number): IntegerVector {
  const x = k.letIntegers('x', value);
  return xor(x, shiftRight(x, bits));
}
