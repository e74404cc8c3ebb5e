// Encodes float expressions; a vector expression is encoded once for each half of its lanes.
import type { Access, Comparison, LaneFunction, Mask, Scalar, Value, Variable, Vector } from '../language/value.ts';
import type { FunctionContext } from './function-encoder.ts';
import { Op, Simd, ValueKind } from './opcodes.ts';

/** Lanes in a 128-bit register. */
const HALF = 4;
const FLOAT_BYTES = 4;
const HALF_BYTES = HALF * FLOAT_BYTES;

const SCALAR_ARITHMETIC = {
  add: Op.f32Add,
  subtract: Op.f32Subtract,
  multiply: Op.f32Multiply,
  divide: Op.f32Divide,
} as const;

const VECTOR_BINARY = {
  add: Simd.f32Add,
  subtract: Simd.f32Subtract,
  multiply: Simd.f32Multiply,
  divide: Simd.f32Divide,
  min: Simd.f32PseudoMin,
  max: Simd.f32PseudoMax,
} as const;

const COMPARISON: Record<Comparison, number> = {
  equal: Simd.f32Equal,
  less: Simd.f32Less,
  lessOrEqual: Simd.f32LessOrEqual,
};

// The layout of a float32: 23 bits of mantissa, then the exponent with 127 added.
const MANTISSA_BITS = 23;
const MANTISSA_MASK = 0x007fffff;
const EXPONENT_BIAS = 127;
const ONE_BITS = 0x3f800000;
/** 1.5 · 2^23: float32 numbers around it are integers, so adding it puts a small integer into the mantissa. */
const INTEGER_IN_LOW_BITS = 12_582_912;

const isZero = (value: Vector): boolean =>
  value.op === 'splat' && value.a.op === 'constant' && Object.is(value.a.value, 0);

export class ValueEncoder {
  readonly #context: FunctionContext;

  constructor(context: FunctionContext) {
    this.#context = context;
  }

  assign(variable: Variable, value: Value, halves: readonly number[]): void {
    const locals = this.#context.localsOf(variable);
    if (value.type === 'scalar') this.#scalar(value);
    else if (locals.length === 1) this.#vector(value, 0);
    // Every half is computed before any is set: the value may read lanes of the variable itself.
    else for (const half of halves) this.#vector(value, half);
    if (locals.length === 1) this.#op(Op.localSet).unsigned(locals[0] as number);
    else for (const half of halves.toReversed()) this.#op(Op.localSet).unsigned(locals[half] as number);
  }

  store(access: Access, value: Value, halves: readonly number[]): void {
    if (value.type === 'scalar') {
      const offset = this.#context.encodeAddress(access);
      this.#scalar(value);
      this.#op(Op.f32Store).unsigned(2).unsigned(offset);
      return;
    }
    for (const half of halves) {
      const offset = this.#context.encodeAddress(access) + half * HALF_BYTES;
      this.#vector(value, half);
      this.#simd(Simd.store).unsigned(0).unsigned(offset);
    }
  }

  #scalar(value: Scalar): void {
    switch (value.op) {
      case 'constant':
        this.#op(Op.f32Const).float32(value.value);
        return;
      case 'read':
        this.#op(Op.localGet).unsigned(this.#context.localsOf(value.variable)[0] as number);
        return;
      case 'load':
        this.#loadScalar(value.access);
        return;
      case 'convert':
        this.#context.indices.value(value.index);
        this.#op(Op.f32ConvertSigned);
        return;
      case 'lane':
        this.#vector(value.a, Math.floor(value.lane / HALF));
        this.#simd(Simd.f32ExtractLane).byte(value.lane % HALF);
        return;
      case 'sumLanes':
        this.#sumLanes(value.a);
        return;
      default:
        this.#scalar(value.a);
        this.#scalar(value.b);
        this.#op(SCALAR_ARITHMETIC[value.op]);
    }
  }

  #loadScalar(access: Access): void {
    const offset = this.#context.encodeAddress(access);
    if (access.buffer.element === 'f32') this.#op(Op.f32Load).unsigned(2).unsigned(offset);
    else this.#op(Op.i32Load8Unsigned).unsigned(0).unsigned(offset).byte(Op.f32ConvertSigned);
  }

  #vector(value: Vector, half: number): void {
    switch (value.op) {
      case 'splat':
        this.#splat(value.a);
        return;
      case 'read': {
        const locals = this.#context.localsOf(value.variable);
        this.#op(Op.localGet).unsigned((locals[half] ?? locals[0]) as number);
        return;
      }
      case 'load': {
        const offset = this.#context.encodeAddress(value.access) + half * HALF_BYTES;
        this.#simd(Simd.load).unsigned(0).unsigned(offset);
        return;
      }
      case 'select':
        this.#select(value.mask, value.a, value.b, half);
        return;
      case 'add':
      case 'subtract':
      case 'multiply':
      case 'divide':
      case 'min':
      case 'max':
        this.#vector(value.a, half);
        this.#vector(value.b, half);
        this.#simd(VECTOR_BINARY[value.op]);
        return;
      default:
        this.#vector(value.a, half);
        this.#laneFunction(value.op);
    }
  }

  #splat(value: Scalar): void {
    if (value.op === 'constant') {
      const code = this.#simd(Simd.constant);
      for (let lane = 0; lane < HALF; lane++) code.float32(value.value);
    } else if (value.op === 'load' && value.access.buffer.element === 'f32') {
      const offset = this.#context.encodeAddress(value.access);
      this.#simd(Simd.load32Splat).unsigned(2).unsigned(offset);
    } else {
      this.#scalar(value);
      this.#simd(Simd.f32Splat);
    }
  }

  #select(mask: Mask, a: Vector, b: Vector, half: number): void {
    // Selecting zero is clearing bits, for which there are cheaper instructions.
    const kept = isZero(b) ? [a] : isZero(a) ? [b] : [a, b];
    for (const value of kept) this.#vector(value, half);
    this.#mask(mask, half);
    this.#simd(kept.length === 2 ? Simd.bitSelect : kept[0] === a ? Simd.and : Simd.andNot);
  }

  #mask(mask: Mask, half: number): void {
    switch (mask.op) {
      case 'not':
        this.#mask(mask.a, half);
        this.#simd(Simd.not);
        return;
      case 'and':
      case 'or':
        this.#mask(mask.a, half);
        this.#mask(mask.b, half);
        this.#simd(Simd[mask.op]);
        return;
      default:
        this.#vector(mask.a, half);
        this.#vector(mask.b, half);
        this.#simd(COMPARISON[mask.op]);
    }
  }

  #laneFunction(op: LaneFunction): void {
    switch (op) {
      case 'absolute':
        this.#simd(Simd.f32Absolute);
        return;
      case 'squareRoot':
        this.#simd(Simd.f32SquareRoot);
        return;
      case 'nearest':
        this.#simd(Simd.f32Nearest);
        return;
      case 'exponent':
        this.#op(Op.i32Const).signed(MANTISSA_BITS);
        this.#simd(Simd.i32ShiftRightUnsigned);
        this.#integer(-EXPONENT_BIAS, Simd.i32Add);
        this.#simd(Simd.f32ConvertI32);
        return;
      case 'mantissa':
        this.#integer(MANTISSA_MASK, Simd.and);
        this.#integer(ONE_BITS, Simd.or);
        return;
      case 'powerOfTwo':
        // The sum holds the integer in its low bits; the shift drops the others.
        this.#op(Op.f32Const).float32(INTEGER_IN_LOW_BITS);
        this.#simd(Simd.f32Splat);
        this.#simd(Simd.f32Add);
        this.#op(Op.i32Const).signed(MANTISSA_BITS);
        this.#simd(Simd.i32ShiftLeft);
        this.#integer(ONE_BITS, Simd.i32Add);
        return;
    }
  }

  /** Combines the integer lanes on the stack with a constant. */
  #integer(constant: number, op: number): void {
    this.#op(Op.i32Const).signed(constant);
    this.#simd(Simd.i32Splat);
    this.#simd(op);
  }

  /** ((v0+v4)+(v2+v6)) + ((v1+v5)+(v3+v7)) */
  #sumLanes(value: Vector): void {
    this.#vector(value, 0);
    this.#vector(value, 1);
    this.#simd(Simd.f32Add);
    const fours = this.#context.locals.add(ValueKind.v128);
    this.#op(Op.localTee).unsigned(fours);
    this.#op(Op.localGet).unsigned(fours);
    this.#op(Op.localGet).unsigned(fours);
    const upperHalf = [8, 9, 10, 11, 12, 13, 14, 15];
    this.#simd(Simd.shuffle).append([...upperHalf, ...upperHalf]);
    this.#simd(Simd.f32Add);
    const twos = this.#context.locals.add(ValueKind.v128);
    this.#op(Op.localTee).unsigned(twos);
    this.#simd(Simd.f32ExtractLane).byte(0);
    this.#op(Op.localGet).unsigned(twos);
    this.#simd(Simd.f32ExtractLane).byte(1);
    this.#op(Op.f32Add);
  }

  #op(op: number) {
    return this.#context.code.byte(op);
  }

  #simd(op: number) {
    return this.#context.code.byte(Op.simdPrefix).unsigned(op);
  }
}
