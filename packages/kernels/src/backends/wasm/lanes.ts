// Vectors built from scalars, and sums over the lanes of vectors.
import type { Scalar, Vector } from '../../language/value.ts';
import type { FunctionContext } from './function-context.ts';
import { Op, Simd, ValueKind } from './opcodes.ts';

/**
 * The part of the encoder of values that is used here. Both methods push a value onto the stack; a vector in halves.
 */
interface OperandEncoder {
  scalar(value: Scalar): void;
  vector(value: Vector, half: number): void;
}

type Load = Extract<Scalar, { op: 'load' }>;
type Sum = Extract<Scalar, { op: 'sumLanes' }>;

/** Pushes a register of 4 scalars. */
export function encodeLanes(context: FunctionContext, operands: OperandEncoder, scalars: readonly Scalar[]): void {
  const encoder = new LaneEncoder(context, operands);
  if (scalars.every((scalar): scalar is Load => scalar.op === 'load' && scalar.access.buffer.element === 'f32')) {
    encoder.loads(scalars);
  } else if (scalars.every((scalar): scalar is Sum => scalar.op === 'sumLanes')) encoder.sums(scalars);
  else encoder.replacements(scalars);
}

/** Pushes ((v0+v4)+(v2+v6)) + ((v1+v5)+(v3+v7)). */
export function encodeSumLanes(context: FunctionContext, operands: OperandEncoder, value: Vector): void {
  new LaneEncoder(context, operands).sum(value);
}

class LaneEncoder {
  readonly #context: FunctionContext;
  readonly #operands: OperandEncoder;

  constructor(context: FunctionContext, operands: OperandEncoder) {
    this.#context = context;
    this.#operands = operands;
  }

  /** An instruction that loads a lane takes the register from the top of the stack and the address from below it. */
  loads(loads: readonly Load[]): void {
    const [first, ...others] = loads.map(({ access }) => access);
    const offsets = others.toReversed().map((access) => this.#context.encodeAddress(access));
    const offset = this.#context.encodeAddress(first as Load['access']);
    this.#simd(Simd.load32Splat).unsigned(2).unsigned(offset);
    for (const [i, offset] of offsets.toReversed().entries()) {
      this.#simd(Simd.load32Lane)
        .unsigned(2)
        .unsigned(offset)
        .byte(i + 1);
    }
  }

  /** Computes four sums at once, each in the order of a single one. */
  sums(sums: readonly Sum[]): void {
    const fours = sums.map(({ a }) => this.#named(() => this.#halves(a)));
    const [low, high] = [fours.slice(0, 2), fours.slice(2)].map((pair) =>
      this.#named(() => this.#addShuffled(pair, [0, 1], [2, 3])),
    );
    this.#addShuffled([low as number, high as number], [0, 2], [1, 3]);
  }

  replacements([first, ...others]: readonly Scalar[]): void {
    this.#operands.scalar(first as Scalar);
    this.#simd(Simd.f32Splat);
    for (const [i, scalar] of others.entries()) {
      this.#operands.scalar(scalar);
      this.#simd(Simd.f32ReplaceLane).byte(i + 1);
    }
  }

  sum(value: Vector): void {
    const fours = this.#named(() => this.#halves(value));
    const twos = this.#named(() => {
      this.#get(fours);
      this.#shuffle([fours, fours], [2, 3]);
      this.#simd(Simd.f32Add);
    });
    this.#get(twos);
    this.#simd(Simd.f32ExtractLane).byte(0);
    this.#get(twos);
    this.#simd(Simd.f32ExtractLane).byte(1);
    this.#context.code.byte(Op.f32Add);
  }

  /** (v0+v4, v1+v5, v2+v6, v3+v7) */
  #halves(value: Vector): void {
    this.#operands.vector(value, 0);
    this.#operands.vector(value, 1);
    this.#simd(Simd.f32Add);
  }

  /** Adds two lanes of each register to two other lanes. */
  #addShuffled(registers: readonly number[], lanes: readonly number[], others: readonly number[]): void {
    this.#shuffle(registers, lanes);
    this.#shuffle(registers, others);
    this.#simd(Simd.f32Add);
  }

  /** Pushes these lanes of the first register, followed by these lanes of the second. */
  #shuffle(registers: readonly number[], lanes: readonly number[]): void {
    for (const register of registers) this.#get(register);
    const bytesOf = (lane: number) => [0, 1, 2, 3].map((byte) => 4 * lane + byte);
    this.#simd(Simd.shuffle).append([0, 4].flatMap((start) => lanes.flatMap((lane) => bytesOf(start + lane))));
  }

  /** Moves the register that `encode` pushes into a local. */
  #named(encode: () => void): number {
    encode();
    const local = this.#context.locals.add(ValueKind.v128);
    this.#context.code.byte(Op.localSet).unsigned(local);
    return local;
  }

  #get(local: number): void {
    this.#context.code.byte(Op.localGet).unsigned(local);
  }

  #simd(op: number) {
    return this.#context.code.byte(Op.simdPrefix).unsigned(op);
  }
}
