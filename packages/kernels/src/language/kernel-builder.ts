// Builds the tree of a kernel (statement.ts) from calls that look like the loop nest.
import { readScalar, readVector } from './floats.ts';
import {
  type Condition,
  constantCondition,
  Index,
  type IndexValueLike,
  type IndexVariable,
  toIndexValue,
} from './index-expression.ts';
import { readIntegers } from './integers.ts';
import type { Kernel, Parameter } from './kernel.ts';
import { type Accessor, accessorOf, type Declared, type Handles, type Operands } from './operands.ts';
import type { Statement } from './statement.ts';
import { isUniform } from './uniform.ts';
import type {
  Access,
  BufferOperand,
  IntegerVariable,
  IntegerVector,
  Scalar,
  ScalarVariable,
  Vector,
  VectorVariable,
} from './value.ts';

/** A vector variable that can be assigned again. */
export interface VectorCell {
  /** The value at the point where the expression is evaluated. */
  readonly value: Vector;
  set(value: Vector): void;
}

/**
 * Builds a kernel.
 *
 * @param operands its operands, in the order of its parameters
 * @param write appends the statements
 * @example
 * kernel('scaled', { x: cells(count), y: cells(count), factor: 'f32' }, (k, { x, y, factor }) =>
 *   k.loop('i', 0, count, (i) => k.store(y(i), multiply(splat(factor), load(x(i))))),
 * );
 */
export function kernel<const O extends Operands>(
  name: string,
  operands: O,
  write: (builder: KernelBuilder, handles: Handles<O>) => void,
): Kernel<Declared<O>> {
  const parameters: Parameter[] = [];
  const handles: Record<string, Accessor | Index | Scalar> = {};
  for (const [key, kind] of Object.entries(operands)) {
    if (kind === undefined) continue;
    if (kind === 'index') {
      const variable = { name: key };
      parameters.push({ name: key, kind: 'index', variable });
      handles[key] = Index.variable(variable);
    } else if (kind === 'f32') {
      const variable: ScalarVariable = { name: key, type: 'scalar' };
      parameters.push({ name: key, kind: 'scalar', variable });
      handles[key] = readScalar(variable);
    } else {
      const { element, extent, itemStride } = kind;
      const buffer: BufferOperand = { name: key, element, extent, ...(itemStride !== undefined && { itemStride }) };
      parameters.push({ name: key, kind: 'buffer', buffer });
      handles[key] = accessorOf(buffer, kind);
    }
  }
  const body: Statement[] = [];
  write(new KernelBuilder(body), handles as Handles<O>);
  return { name, operands: operands as Declared<O>, parameters, body };
}

/** Appends statements to a kernel. `kernel` makes one. */
export class KernelBuilder {
  #statements: Statement[];

  constructor(statements: Statement[]) {
    this.#statements = statements;
  }

  /** for (i = from; i < to; i += step) body(i) */
  loop(name: string, from: IndexValueLike, to: IndexValueLike, body: (i: Index) => void, step = 1): void {
    this.#loop(name, from, to, step, false, body);
  }

  /** A loop with constant bounds and a small body, which a back end unrolls where this is faster. */
  unrolled(name: string, from: number, to: number, body: (i: Index) => void): void {
    this.#loop(name, from, to, 1, true, body);
  }

  /**
   * Covers 0 … count − 1 with tiles of at most `largest`, whose sizes differ by at most 1. `body(first, size)` writes
   * the code of a tile; its size is known when the kernel is built.
   */
  tiles(name: string, count: number, largest: number, body: (first: Index, size: number) => void): void {
    const tiles = Math.ceil(count / largest);
    if (tiles === 1) {
      body(new Index(0), count);
      return;
    }
    const small = Math.floor(count / tiles);
    const bigTiles = count - tiles * small;
    const boundary = bigTiles * (small + 1);
    if (bigTiles > 0) this.#loop(name, 0, boundary, small + 1, false, (first) => body(first, small + 1));
    if (bigTiles < tiles) this.#loop(name, boundary, count, small, false, (first) => body(first, small));
  }

  /** Binds an integer for the rest of the enclosing block. */
  bind(name: string, value: IndexValueLike): Index {
    const variable: IndexVariable = { name };
    const body: Statement[] = [];
    this.#statements.push({ kind: 'bind', variable, value: toIndexValue(value), body });
    this.#statements = body;
    return Index.variable(variable);
  }

  /** A branch. A condition on constants is decided when the kernel is built. */
  if(condition: Condition, then: () => void, otherwise: () => void = () => {}): void {
    const holds = constantCondition(condition);
    if (holds === true) then();
    else if (holds === false) otherwise();
    else this.#statements.push({ kind: 'if', condition, body: this.#block(then), otherwise: this.#block(otherwise) });
  }

  /** See `either` in `statement.ts`. */
  either(whereUnrolling: () => void, elsewhere: () => void): void {
    this.#statements.push({ kind: 'either', body: this.#block(whereUnrolling), otherwise: this.#block(elsewhere) });
  }

  /** See `halves` in `statement.ts`. Returns the result of `body`, such as variables that are used later. */
  halves<T>(body: () => T): T {
    let result: T | undefined;
    const block = this.#block(() => {
      result = body();
    });
    this.#statements.push({ kind: 'halves', body: block });
    return result as T;
  }

  /** Computes a vector at this point and names it. */
  let(name: string, value: Vector): Vector {
    const variable: VectorVariable = { name, type: 'vector', uniform: isUniform(value) };
    this.#statements.push({ kind: 'assign', variable, value });
    return readVector(variable);
  }

  /** Computes a scalar at this point and names it. */
  letScalar(name: string, value: Scalar): Scalar {
    const variable: ScalarVariable = { name, type: 'scalar' };
    this.#statements.push({ kind: 'assign', variable, value });
    return readScalar(variable);
  }

  /** Computes a vector of integers at this point and names it. */
  letIntegers(name: string, value: IntegerVector): IntegerVector {
    const variable: IntegerVariable = { name, type: 'integers', uniform: isUniform(value) };
    this.#statements.push({ kind: 'assign', variable, value });
    return readIntegers(variable);
  }

  /** Declares a vector variable with an initial value, which can be assigned again. */
  variable(name: string, initial: Vector): VectorCell {
    const variable: VectorVariable = { name, type: 'vector', uniform: false };
    const cell: VectorCell = {
      value: readVector(variable),
      set: (value) => this.#statements.push({ kind: 'assign', variable, value }),
    };
    cell.set(initial);
    return cell;
  }

  store(access: Access, value: Vector | IntegerVector): void {
    this.#statements.push({ kind: 'store', access, value });
  }

  storeScalar(access: Access, value: Scalar): void {
    this.#statements.push({ kind: 'store', access, value });
  }

  #loop(
    name: string,
    from: IndexValueLike,
    to: IndexValueLike,
    step: number,
    unroll: boolean,
    body: (i: Index) => void,
  ): void {
    const variable: IndexVariable = { name };
    this.#statements.push({
      kind: 'loop',
      variable,
      from: toIndexValue(from),
      to: toIndexValue(to),
      step,
      unroll,
      body: this.#block(() => body(Index.variable(variable))),
    });
  }

  #block(write: () => void): readonly Statement[] {
    const outer = this.#statements;
    const block: Statement[] = [];
    this.#statements = block;
    write();
    this.#statements = outer;
    return block;
  }
}
