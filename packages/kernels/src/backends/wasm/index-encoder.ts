// Encodes integer expressions: loop bounds, bound integers, conditions.
import { type Condition, Index, type IndexValue, type IndexVariable } from '../../language/index-expression.ts';
import type { ByteWriter } from './byte-writer.ts';
import type { Locals } from './locals.ts';
import { Op, ValueKind } from './opcodes.ts';

export class IndexEncoder {
  /** The variables of unrolled loops, with their values in the iteration that is being encoded. */
  readonly constants = new Map<IndexVariable, number>();
  readonly #code: ByteWriter;
  readonly #locals: Locals;
  readonly #variables = new Map<IndexVariable, number>();

  constructor(code: ByteWriter, locals: Locals) {
    this.#code = code;
    this.#locals = locals;
  }

  /** Declares a variable whose value is a parameter of the function. */
  declare(variable: IndexVariable, local: number): void {
    this.#variables.set(variable, local);
  }

  /** The local that holds a variable. */
  localOf(variable: IndexVariable): number {
    let local = this.#variables.get(variable);
    if (local === undefined) {
      local = this.#locals.add(ValueKind.i32);
      this.#variables.set(variable, local);
    }
    return local;
  }

  /** The value of an expression that depends on variables of unrolled loops only; undefined for other expressions. */
  constantOf({ constant, terms }: Index): number | undefined {
    let value = constant;
    for (const [variable, coefficient] of terms) {
      const known = this.constants.get(variable);
      if (known === undefined) return undefined;
      value += coefficient * known;
    }
    return value;
  }

  /** Pushes the value. */
  value(value: IndexValue): void {
    if (value instanceof Index) {
      this.#affine(value);
      return;
    }
    this.value(value.a);
    if (value.op === 'ceilDivide') {
      this.#const(value.divisor - 1).byte(Op.i32Add);
      this.#const(value.divisor).byte(Op.i32DivideSigned);
      return;
    }
    const a = this.#locals.borrowInteger();
    const b = this.#locals.borrowInteger();
    this.#code.byte(Op.localSet).unsigned(a);
    this.value(value.b);
    this.#code.byte(Op.localSet).unsigned(b);
    const [smaller, larger] = value.op === 'min' ? [a, b] : [b, a];
    for (const operand of [a, b, smaller, larger]) this.#get(operand);
    this.#code.byte(Op.i32LessSigned).byte(Op.select);
    this.#locals.giveBackIntegers(a, b);
  }

  /** Pushes 1 if the condition holds, else 0. */
  condition(condition: Condition): void {
    if (condition.op === 'both') {
      this.condition(condition.a);
      this.condition(condition.b);
      this.#code.byte(Op.i32And);
      return;
    }
    this.value(condition.a);
    this.value(condition.b);
    this.#code.byte(condition.op === 'equal' ? Op.i32Equal : Op.i32LessSigned);
  }

  #affine(index: Index): void {
    let constant = index.constant;
    let pushed = false;
    for (const [variable, coefficient] of index.terms) {
      const known = this.constants.get(variable);
      if (known !== undefined) {
        constant += coefficient * known;
        continue;
      }
      this.#get(this.localOf(variable));
      if (coefficient !== 1) this.#const(coefficient).byte(Op.i32Multiply);
      if (pushed) this.#code.byte(Op.i32Add);
      pushed = true;
    }
    if (!pushed) this.#const(constant);
    else if (constant !== 0) this.#const(constant).byte(Op.i32Add);
  }

  #get(local: number): ByteWriter {
    return this.#code.byte(Op.localGet).unsigned(local);
  }

  #const(value: number): ByteWriter {
    return this.#code.byte(Op.i32Const).signed(value);
  }
}
