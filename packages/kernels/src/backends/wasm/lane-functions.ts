// Functions of one vector: single instructions, and short sequences that work on the bits of floats.
import type { LaneFunction } from '../../language/value.ts';
import type { ByteWriter } from './byte-writer.ts';
import { Op, Simd } from './opcodes.ts';

// The layout of a float32: 23 bits of mantissa, then the exponent with 127 added.
const MANTISSA_BITS = 23;
const MANTISSA_MASK = 0x007fffff;
const EXPONENT_BIAS = 127;
const ONE_BITS = 0x3f800000;
/**
 * 1.5 · 2^23. Float32 numbers of this size are integers, so adding it to a small integer puts that integer into the low
 * bits of the mantissa.
 */
const INTEGER_IN_LOW_BITS = 12_582_912;

/** Replaces the register on the stack, which holds floats, with the function of each lane. */
export function encodeLaneFunction(code: ByteWriter, op: LaneFunction): void {
  switch (op) {
    case 'absolute':
      simd(code, Simd.f32Absolute);
      return;
    case 'squareRoot':
      simd(code, Simd.f32SquareRoot);
      return;
    case 'nearest':
      simd(code, Simd.f32Nearest);
      return;
    case 'exponent':
      shift(code, Simd.i32ShiftRightUnsigned, MANTISSA_BITS);
      withInteger(code, -EXPONENT_BIAS, Simd.i32Add);
      simd(code, Simd.f32ConvertI32);
      return;
    case 'mantissa':
      withInteger(code, MANTISSA_MASK, Simd.and);
      withInteger(code, ONE_BITS, Simd.or);
      return;
    case 'powerOfTwo':
      // The sum holds the integer in its low bits; the shift drops the other bits.
      withFloat(code, INTEGER_IN_LOW_BITS, Simd.f32Add);
      shift(code, Simd.i32ShiftLeft, MANTISSA_BITS);
      withInteger(code, ONE_BITS, Simd.i32Add);
      return;
  }
}

/**
 * Replaces the register on the stack, which holds integers, with the upper 24 bits of each lane as a float in [0, 1).
 */
export function encodeFraction(code: ByteWriter): void {
  shift(code, Simd.i32ShiftRightUnsigned, 8);
  // The numbers are not negative, so the signed conversion, which is a single instruction on x86, gives the same.
  simd(code, Simd.f32ConvertI32);
  withFloat(code, 2 ** -24, Simd.f32Multiply);
}

function shift(code: ByteWriter, op: number, bits: number): void {
  code.byte(Op.i32Const).signed(bits);
  simd(code, op);
}

function withInteger(code: ByteWriter, constant: number, op: number): void {
  code.byte(Op.i32Const).signed(constant);
  simd(code, Simd.i32Splat);
  simd(code, op);
}

function withFloat(code: ByteWriter, constant: number, op: number): void {
  code.byte(Op.f32Const).float32(constant);
  simd(code, Simd.f32Splat);
  simd(code, op);
}

const simd = (code: ByteWriter, op: number): ByteWriter => code.byte(Op.simdPrefix).unsigned(op);
