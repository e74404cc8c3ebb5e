// Runs the tree of a kernel number by number, as the kernel language defines it. Every back end must have the same
// bits.
import { type Condition, Index, type IndexValue, type IndexVariable } from '../src/language/index-expression.ts';
import type { Kernel } from '../src/language/kernel.ts';
import type { Statement } from '../src/language/statement.ts';
import type { IntegerOperator, IntegerVector } from '../src/language/value.ts';
import {
  type Access,
  type ArithmeticOperator,
  type BufferOperand,
  LANES,
  type LaneFunction,
  type LaneOperator,
  type Mask,
  type Scalar,
  type Value,
  type Variable,
  type Vector,
} from '../src/language/value.ts';
import { argumentsOf, type Content, type Contents } from './harness.ts';

/**
 * Runs a kernel on copies of its buffers and returns those of floats.
 *
 * @param touched for each buffer, the number of elements up to the last one that was loaded or stored; of several
 * arrays, in one of them
 * @throws RangeError if the kernel touches an element beyond the extent that it declares
 */
export function interpret(
  kernel: Kernel,
  contents: Contents,
  touched: Map<BufferOperand, number> = new Map(),
): Readonly<Record<string, Float32Array>> {
  const interpreter = new Interpreter(touched);
  const copies = argumentsOf(kernel, contents).map((content) =>
    typeof content === 'number' ? content : content.slice(),
  );
  kernel.parameters.forEach((parameter, i) => {
    const copy = copies[i]!;
    if (parameter.kind === 'buffer')
      interpreter.buffers.set(parameter.buffer, elementsOf(parameter.buffer, copy as Array));
    else if (parameter.kind === 'index') interpreter.indices.set(parameter.variable, copy as number);
    else interpreter.variables.set(parameter.variable, [Math.fround(copy as number)]);
  });
  interpreter.run(kernel.body);
  return Object.fromEntries(
    kernel.parameters.flatMap(({ name }, i) => {
      const copy = copies[i];
      return copy instanceof Float32Array ? [[name, copy]] : [];
    }),
  );
}

type Array = Exclude<Content, number>;

/** The array as elements of the type that the kernel declares. */
function elementsOf({ element }: BufferOperand, array: Array): Array | Uint32Array {
  if (element === 'u32') return new Uint32Array(array.buffer);
  return element === 'f32' ? new Float32Array(array.buffer) : array;
}

const BITS = new DataView(new ArrayBuffer(4));
const bitsOf = (x: number): number => {
  BITS.setFloat32(0, x);
  return BITS.getInt32(0);
};
const floatOf = (bits: number): number => {
  BITS.setInt32(0, bits);
  return BITS.getFloat32(0);
};

const BINARY: Record<ArithmeticOperator | LaneOperator, (a: number, b: number) => number> = {
  add: (a, b) => a + b,
  subtract: (a, b) => a - b,
  multiply: (a, b) => a * b,
  divide: (a, b) => a / b,
  // biome-ignore lint/complexity/useMathMinMax: Math.min is NaN if a or b is NaN, this only if a is.
  min: (a, b) => (b < a ? b : a),
  // biome-ignore lint/complexity/useMathMinMax: see min.
  max: (a, b) => (a < b ? b : a),
};

const UNARY: Record<LaneFunction, (x: number) => number> = {
  absolute: Math.abs,
  squareRoot: Math.sqrt,
  nearest: (x) => (Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x)),
  exponent: (x) => ((bitsOf(x) >> 23) & 0xff) - 127,
  mantissa: (x) => floatOf((bitsOf(x) & 0x7fffff) | 0x3f800000),
  powerOfTwo: (x) => 2 ** x,
};

const INTEGER_BINARY: Record<IntegerOperator, (a: number, b: number) => number> = {
  add: (a, b) => a + b,
  multiply: Math.imul,
  xor: (a, b) => a ^ b,
};

const COMPARISON = {
  equal: (a: number, b: number) => a === b,
  less: (a: number, b: number) => a < b,
  lessOrEqual: (a: number, b: number) => a <= b,
};

const ALL_LANES = Array.from({ length: LANES }, (_, i) => i);

class Interpreter {
  readonly #touched: Map<BufferOperand, number>;
  readonly buffers = new Map<BufferOperand, Array>();
  readonly indices = new Map<IndexVariable, number>();
  /** The lanes of a vector, or one number for a scalar. */
  readonly variables = new Map<Variable, readonly number[]>();

  constructor(touched: Map<BufferOperand, number>) {
    this.#touched = touched;
  }

  run(statements: readonly Statement[]): void {
    for (const statement of statements) this.#run(statement);
  }

  #run(statement: Statement): void {
    switch (statement.kind) {
      case 'loop': {
        const end = this.#integer(statement.to);
        for (let i = this.#integer(statement.from); i < end; i += statement.step) {
          this.indices.set(statement.variable, i);
          this.run(statement.body);
        }
        break;
      }
      case 'bind':
        this.indices.set(statement.variable, this.#integer(statement.value));
        this.run(statement.body);
        break;
      case 'if':
        this.run(this.#holds(statement.condition) ? statement.body : statement.otherwise);
        break;
      case 'either':
      case 'halves':
        this.run(statement.body);
        break;
      case 'assign':
        this.variables.set(statement.variable, this.#value(statement.value));
        break;
      case 'store': {
        const { access, value } = statement;
        this.#value(value).forEach((x, lane) => {
          const { elements, place } = this.#locate(access, lane);
          elements[place] = x;
        });
      }
    }
  }

  #integer(value: IndexValue): number {
    if (value instanceof Index) {
      return [...value.terms].reduce((sum, [variable, c]) => sum + c * this.indices.get(variable)!, value.constant);
    }
    const a = this.#integer(value.a);
    if (value.op === 'ceilDivide') return Math.ceil(a / value.divisor);
    return Math[value.op](a, this.#integer(value.b));
  }

  #holds(condition: Condition): boolean {
    if (condition.op === 'both') return this.#holds(condition.a) && this.#holds(condition.b);
    const a = this.#integer(condition.a);
    const b = this.#integer(condition.b);
    return condition.op === 'equal' ? a === b : a < b;
  }

  #value(value: Value): readonly number[] {
    if (value.type === 'scalar') return [this.#scalar(value)];
    return ALL_LANES.map((lane) => (value.type === 'vector' ? this.#lane(value, lane) : this.#bits(value, lane)));
  }

  #scalar(value: Scalar): number {
    switch (value.op) {
      case 'constant':
        return Math.fround(value.value);
      case 'load':
        return this.#load(value.access, 0);
      case 'read':
        return this.variables.get(value.variable)![0]!;
      case 'convert':
        return Math.fround(this.#integer(value.index));
      case 'lane':
        return this.#lane(value.a, value.lane);
      case 'sumLanes': {
        const at = (lane: number) => this.#lane(value.a, lane);
        const pair = (lane: number) => Math.fround(at(lane) + at(lane + 4));
        const even = Math.fround(pair(0) + pair(2));
        const odd = Math.fround(pair(1) + pair(3));
        return Math.fround(even + odd);
      }
      default:
        return Math.fround(BINARY[value.op](this.#scalar(value.a), this.#scalar(value.b)));
    }
  }

  #lane(value: Vector, lane: number): number {
    switch (value.op) {
      case 'splat':
        return this.#scalar(value.a);
      case 'lanes':
        return this.#scalar(value.lanes[lane]!);
      case 'load':
        return this.#load(value.access, lane);
      case 'read':
        return this.variables.get(value.variable)![lane]!;
      case 'select': {
        // Back ends compute both.
        const [a, b] = [this.#lane(value.a, lane), this.#lane(value.b, lane)];
        return this.#isSet(value.mask, lane) ? a : b;
      }
      case 'fraction':
        return (this.#bits(value.a, lane) >>> 8) / 2 ** 24;
      case 'absolute':
      case 'squareRoot':
      case 'nearest':
      case 'exponent':
      case 'mantissa':
      case 'powerOfTwo':
        return Math.fround(UNARY[value.op](this.#lane(value.a, lane)));
      default:
        return Math.fround(BINARY[value.op](this.#lane(value.a, lane), this.#lane(value.b, lane)));
    }
  }

  #bits(value: IntegerVector, lane: number): number {
    switch (value.op) {
      case 'splat':
        return this.#integer(value.index) >>> 0;
      case 'load':
        return this.#load(value.access, lane);
      case 'read':
        return this.variables.get(value.variable)![lane]!;
      case 'shiftRight':
        return this.#bits(value.a, lane) >>> value.bits;
      default:
        return INTEGER_BINARY[value.op](this.#bits(value.a, lane), this.#bits(value.b, lane)) >>> 0;
    }
  }

  #isSet(mask: Mask, lane: number): boolean {
    switch (mask.op) {
      case 'not':
        return !this.#isSet(mask.a, lane);
      case 'and':
        return this.#isSet(mask.a, lane) && this.#isSet(mask.b, lane);
      case 'or':
        return this.#isSet(mask.a, lane) || this.#isSet(mask.b, lane);
      default:
        return COMPARISON[mask.op](this.#lane(mask.a, lane), this.#lane(mask.b, lane));
    }
  }

  #load(access: Access, lane: number): number {
    const { elements, place } = this.#locate(access, lane);
    return elements[place]!;
  }

  #locate({ buffer, index }: Access, lane: number) {
    const elements = this.buffers.get(buffer)!;
    const place = this.#integer(index) + lane;
    const { name, extent, itemStride = Infinity } = buffer;
    const count = (place % itemStride) + 1;
    if (!(place in elements)) throw new RangeError(`'${name}' has ${elements.length} elements, none at ${place}.`);
    if (count > extent) throw new RangeError(`'${name}' declares an extent of ${extent}, element ${place} is beyond.`);
    this.#touched.set(buffer, Math.max(this.#touched.get(buffer) ?? 0, count));
    return { elements, place };
  }
}
