// Encodes expressions. A vector expression is encoded once for each half of its lanes.
import type {
  Access,
  Comparison,
  IntegerOperator,
  IntegerVector,
  Mask,
  Scalar,
  Value,
  Variable,
  Vector,
} from '../../language/value.ts';
import type { FunctionContext } from './function-context.ts';
import { encodeFraction, encodeLaneFunction } from './lane-functions.ts';
import { encodeLanes, encodeSumLanes } from './lanes.ts';
import { Op, Simd } from './opcodes.ts';

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

const INTEGER_BINARY: Record<IntegerOperator, number> = {
  add: Simd.i32Add,
  multiply: Simd.i32Multiply,
  xor: Simd.xor,
};

const isZero = (value: Vector): boolean =>
  value.op === 'splat' && value.a.op === 'constant' && Object.is(value.a.value, 0);

export class ValueEncoder {
  readonly #context: FunctionContext;

  constructor(context: FunctionContext) {
    this.#context = context;
  }

  assign(variable: Variable, value: Value, halves: readonly number[]): void {
    const locals = this.#context.localsOf(variable);
    if (value.type === 'scalar') this.scalar(value);
    else if (locals.length === 1) this.#lanes(value, 0);
    // All halves are computed before one is set, because the value may read lanes of the variable itself.
    else for (const half of halves) this.#lanes(value, half);
    if (locals.length === 1) this.#op(Op.localSet).unsigned(locals[0] as number);
    else for (const half of halves.toReversed()) this.#op(Op.localSet).unsigned(locals[half] as number);
  }

  store(access: Access, value: Value, halves: readonly number[]): void {
    if (value.type === 'scalar') {
      const offset = this.#context.encodeAddress(access);
      if (value.op === 'lane') {
        this.vector(value.a, Math.floor(value.lane / HALF));
        this.#simd(Simd.store32Lane)
          .unsigned(2)
          .unsigned(offset)
          .byte(value.lane % HALF);
      } else {
        this.scalar(value);
        this.#op(Op.f32Store).unsigned(2).unsigned(offset);
      }
      return;
    }
    // All halves are computed before one is stored: V8 does not join two loads into a wide vector if there is a store
    // between them.
    const offsets = halves.map((half) => {
      const offset = this.#context.encodeAddress(access) + half * HALF_BYTES;
      this.#lanes(value, half);
      return offset;
    });
    for (const offset of offsets.toReversed()) this.#simd(Simd.store).unsigned(0).unsigned(offset);
  }

  /** Pushes the value. */
  scalar(value: Scalar): void {
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
        this.vector(value.a, Math.floor(value.lane / HALF));
        this.#simd(Simd.f32ExtractLane).byte(value.lane % HALF);
        return;
      case 'sumLanes':
        encodeSumLanes(this.#context, this, value.a);
        return;
      default:
        this.scalar(value.a);
        this.scalar(value.b);
        this.#op(SCALAR_ARITHMETIC[value.op]);
    }
  }

  #loadScalar(access: Access): void {
    const offset = this.#context.encodeAddress(access);
    if (access.buffer.element === 'f32') this.#op(Op.f32Load).unsigned(2).unsigned(offset);
    else this.#op(Op.i32Load8Unsigned).unsigned(0).unsigned(offset).byte(Op.f32ConvertSigned);
  }

  #lanes(value: Vector | IntegerVector, half: number): void {
    if (value.type === 'integers') this.#integers(value, half);
    else this.vector(value, half);
  }

  /** Pushes half of the lanes. */
  vector(value: Vector, half: number): void {
    switch (value.op) {
      case 'splat':
        this.#splat(value.a);
        return;
      case 'lanes':
        encodeLanes(this.#context, this, value.lanes.slice(half * HALF, (half + 1) * HALF));
        return;
      case 'read':
        this.#read(value.variable, half);
        return;
      case 'load':
        this.#load(value.access, half);
        return;
      case 'select':
        this.#select(value.mask, value.a, value.b, half);
        return;
      case 'fraction':
        this.#integers(value.a, half);
        encodeFraction(this.#context.code);
        return;
      case 'add':
      case 'subtract':
      case 'multiply':
      case 'divide':
      case 'min':
      case 'max':
        this.vector(value.a, half);
        this.vector(value.b, half);
        this.#simd(VECTOR_BINARY[value.op]);
        return;
      default:
        this.vector(value.a, half);
        encodeLaneFunction(this.#context.code, value.op);
    }
  }

  #integers(value: IntegerVector, half: number): void {
    switch (value.op) {
      case 'splat':
        this.#context.indices.value(value.index);
        this.#simd(Simd.i32Splat);
        return;
      case 'read':
        this.#read(value.variable, half);
        return;
      case 'load':
        this.#load(value.access, half);
        return;
      case 'shiftRight':
        this.#integers(value.a, half);
        this.#op(Op.i32Const).signed(value.bits);
        this.#simd(Simd.i32ShiftRightUnsigned);
        return;
      default:
        this.#integers(value.a, half);
        this.#integers(value.b, half);
        this.#simd(INTEGER_BINARY[value.op]);
    }
  }

  #read(variable: Variable, half: number): void {
    const locals = this.#context.localsOf(variable);
    this.#op(Op.localGet).unsigned((locals[half] ?? locals[0]) as number);
  }

  #load(access: Access, half: number): void {
    const offset = this.#context.encodeAddress(access) + half * HALF_BYTES;
    this.#simd(Simd.load).unsigned(0).unsigned(offset);
  }

  #splat(value: Scalar): void {
    const constant = this.#constant(value);
    if (constant !== undefined) {
      const code = this.#simd(Simd.constant);
      for (let lane = 0; lane < HALF; lane++) code.float32(constant);
    } else if (value.op === 'load' && value.access.buffer.element === 'f32') {
      const offset = this.#context.encodeAddress(value.access);
      this.#simd(Simd.load32Splat).unsigned(2).unsigned(offset);
    } else {
      this.scalar(value);
      this.#simd(Simd.f32Splat);
    }
  }

  #constant(value: Scalar): number | undefined {
    if (value.op === 'constant') return value.value;
    return value.op === 'convert' ? this.#context.indices.constantOf(value.index) : undefined;
  }

  #select(mask: Mask, a: Vector, b: Vector, half: number): void {
    // To select zero means to clear bits, for which there are cheaper instructions.
    const kept = isZero(b) ? [a] : isZero(a) ? [b] : [a, b];
    for (const value of kept) this.vector(value, half);
    this.#mask(mask, half);
    this.#simd(kept.length === 2 ? Simd.bitSelect : kept[0] === a ? Simd.and : Simd.andNot);
  }

  #mask(mask: Mask, half: number): void {
    switch (mask.op) {
      case 'not':
        if (mask.a.op === 'equal') this.#compare(Simd.f32NotEqual, mask.a, half);
        else {
          this.#mask(mask.a, half);
          this.#simd(Simd.not);
        }
        return;
      case 'and':
      case 'or':
        this.#mask(mask.a, half);
        this.#mask(mask.b, half);
        this.#simd(Simd[mask.op]);
        return;
      default:
        this.#compare(COMPARISON[mask.op], mask, half);
    }
  }

  #compare(operation: number, { a, b }: { readonly a: Vector; readonly b: Vector }, half: number): void {
    this.vector(a, half);
    this.vector(b, half);
    this.#simd(operation);
  }

  #op(op: number) {
    return this.#context.code.byte(op);
  }

  #simd(op: number) {
    return this.#context.code.byte(Op.simdPrefix).unsigned(op);
  }
}
