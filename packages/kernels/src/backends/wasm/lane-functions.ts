// Functions of one vector: single instructions, and what is made of several because it looks into the bits of floats.
import type { LaneFunction } from '../../language/value.ts';
import type { ByteWriter } from './byte-writer.ts';
import { Op, Simd } from './opcodes.ts';

// The layout of a float32: 23 bits of mantissa, then the exponent with 127 added.
const MANTISSA_BITS = 23;
const MANTISSA_MASK = 0x007fffff;
const EXPONENT_BIAS = 127;
const ONE_BITS = 0x3f800000;
/** 1.5 · 2^23: float32 numbers around it are integers, so adding it puts a small integer into the mantissa. */
const INTEGER_IN_LOW_BITS = 12_582_912;

/** Replaces the register on the stack, lanes of floats, by the function of it. */
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
      // The sum holds the integer in its low bits; the shift drops the others.
      withFloat(code, INTEGER_IN_LOW_BITS, Simd.f32Add);
      shift(code, Simd.i32ShiftLeft, MANTISSA_BITS);
      withInteger(code, ONE_BITS, Simd.i32Add);
      return;
  }
}

/** Replaces the register on the stack, lanes of integers, by floats in [0, 1) of their upper 24 bits. */
export function encodeFraction(code: ByteWriter): void {
  shift(code, Simd.i32ShiftRightUnsigned, 8);
  // A signed conversion, which is a single instruction of x86: no sign is left.
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
