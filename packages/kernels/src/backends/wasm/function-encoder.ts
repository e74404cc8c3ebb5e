// Encodes one kernel as a WebAssembly function. A vector of 8 lanes takes two 128-bit registers, which are called its
// halves.
import { constantValue, type Index, type IndexVariable } from '../../language/index-expression.ts';
import type { Kernel } from '../../language/kernel.ts';
import type { Statement } from '../../language/statement.ts';
import type { Access, BufferOperand, Variable } from '../../language/value.ts';
import { ByteWriter } from './byte-writer.ts';
import { displacement, lowestDisplacements, unrolledValues } from './displacements.ts';
import type { FunctionContext } from './function-context.ts';
import { IndexEncoder } from './index-encoder.ts';
import { Locals } from './locals.ts';
import { BLOCK_WITHOUT_RESULT, Op, ValueKind } from './opcodes.ts';
import { Pointers } from './pointers.ts';
import { ValueEncoder } from './value-encoder.ts';

export interface EncodedFunction {
  readonly parameters: readonly ValueKind[];
  /** Declarations of locals and code, without the length that precedes them in a module. */
  readonly body: Uint8Array;
  /** No buffer may start below this address, because pointers may lie this far below their buffers. */
  readonly guardBytes: number;
}

export interface EncodingOptions {
  /** Whether loops with the `unroll` hint are unrolled. */
  readonly unroll: boolean;
}

export function encodeFunction(kernel: Kernel, options: EncodingOptions): EncodedFunction {
  return new FunctionEncoder(kernel, options).encode();
}

type Loop = Extract<Statement, { kind: 'loop' }>;
type Bind = Extract<Statement, { kind: 'bind' }>;
type If = Extract<Statement, { kind: 'if' }>;

class FunctionEncoder implements FunctionContext {
  readonly code = new ByteWriter();
  readonly locals = new Locals();
  readonly indices = new IndexEncoder(this.code, this.locals);
  readonly #kernel: Kernel;
  readonly #unroll: boolean;
  readonly #variables = new Map<Variable, readonly number[]>();
  readonly #lowest: ReadonlyMap<BufferOperand, number>;
  readonly #pointers: Pointers;
  readonly #values: ValueEncoder;
  #halves: readonly number[] = [0, 1];
  #backwardReach = 0;

  constructor(kernel: Kernel, { unroll }: EncodingOptions) {
    this.#kernel = kernel;
    this.#unroll = unroll;
    this.#lowest = lowestDisplacements(kernel.body, unroll);
    this.#pointers = new Pointers(this.#declareParameters());
    this.#values = new ValueEncoder(this);
  }

  encode(): EncodedFunction {
    const integers = this.#kernel.parameters.flatMap((p) => (p.kind === 'index' ? [p.variable] : []));
    const encodeBody = integers.reduceRight<() => void>(
      (inner, variable) => () => this.#withPointers(variable, this.#kernel.body, inner),
      () => this.#encodeBlock(this.#kernel.body),
    );
    encodeBody();
    this.code.byte(Op.end);
    const guardBytes = Math.max(this.#backwardReach, ...[...this.#lowest.values()].map((lowest) => -lowest));
    return { parameters: this.locals.parameters, body: this.locals.body(this.code), guardBytes };
  }

  localsOf(variable: Variable): readonly number[] {
    let locals = this.#variables.get(variable);
    if (!locals) {
      const kind = variable.type === 'scalar' ? ValueKind.f32 : ValueKind.v128;
      const single = variable.type === 'scalar' || variable.uniform;
      locals = single ? [this.locals.add(kind)] : [this.locals.add(kind), this.locals.add(kind)];
      this.#variables.set(variable, locals);
    }
    return locals;
  }

  encodeAddress(access: Access): number {
    const { constants } = this.indices;
    this.#get(this.#pointers.local(access));
    const offset = displacement(access, constants) - (this.#lowest.get(access.buffer) ?? 0);
    if (offset < 0) {
      throw new Error(`Kernel '${this.#kernel.name}': an access to '${access.buffer.name}' has a negative offset.`);
    }
    if (this.#runsBackwards(access.index)) this.#backwardReach = Math.max(this.#backwardReach, offset);
    return offset;
  }

  /** Declares the parameters. Returns the locals that hold the addresses of the buffers. */
  #declareParameters(): Map<BufferOperand, number> {
    const bases = new Map<BufferOperand, number>();
    for (const parameter of this.#kernel.parameters) {
      const local = this.locals.addParameter(parameter.kind === 'scalar' ? ValueKind.f32 : ValueKind.i32);
      if (parameter.kind === 'index') this.indices.declare(parameter.variable, local);
      else if (parameter.kind === 'scalar') this.#variables.set(parameter.variable, [local]);
      else bases.set(parameter.buffer, local);
    }
    for (const [buffer, lowest] of this.#lowest) {
      const base = bases.get(buffer);
      if (lowest < 0 && base !== undefined) this.#advance(base, lowest);
    }
    return bases;
  }

  /**
   * Whether a pointer moves down while a variable grows. Then it may lie below its buffer by as much as the constant
   * part of the address.
   */
  #runsBackwards({ terms }: Index): boolean {
    for (const [variable, coefficient] of terms) {
      if (coefficient < 0 && !this.indices.constants.has(variable)) return true;
    }
    return false;
  }

  #encodeBlock(statements: readonly Statement[]): void {
    for (const statement of statements) this.#encodeStatement(statement);
  }

  #encodeStatement(statement: Statement): void {
    switch (statement.kind) {
      case 'loop':
        this.#encodeLoop(statement);
        return;
      case 'bind':
        this.#encodeBind(statement);
        return;
      case 'if':
        this.#encodeIf(statement);
        return;
      case 'either':
        this.#encodeBlock(this.#unroll ? statement.body : statement.otherwise);
        return;
      case 'halves':
        for (const half of this.#halves) {
          this.#halves = [half];
          this.#encodeBlock(statement.body);
          this.#halves = [0, 1];
        }
        return;
      case 'assign':
        this.#values.assign(statement.variable, statement.value, this.#halves);
        return;
      case 'store':
        this.#values.store(statement.access, statement.value, this.#halves);
        return;
    }
  }

  #encodeLoop(loop: Loop): void {
    const values = unrolledValues(loop, this.#unroll);
    if (values) {
      for (const value of values) this.#withConstant(loop.variable, value, () => this.#encodeBlock(loop.body));
      return;
    }
    const counter = this.indices.localOf(loop.variable);
    const end = constantValue(loop.to);
    this.indices.value(loop.from);
    this.#set(counter);
    // A bound that is not a constant is computed once, before the loop.
    const bound = end === undefined ? this.locals.borrowInteger() : undefined;
    if (bound !== undefined) {
      this.indices.value(loop.to);
      this.#set(bound);
    }
    const less = () => {
      if (bound === undefined) this.#const(end as number);
      else this.#get(bound);
      return this.code.byte(Op.i32LessSigned);
    };
    // A loop with constant bounds runs at least once: `unrolledValues` has taken those that never run.
    const guarded = end === undefined || constantValue(loop.from) === undefined;
    if (guarded) {
      this.#get(counter);
      less().byte(Op.if).byte(BLOCK_WITHOUT_RESULT);
    }
    this.#withPointers(loop.variable, loop.body, (advance) => {
      this.code.byte(Op.loop).byte(BLOCK_WITHOUT_RESULT);
      this.#encodeBlock(loop.body);
      advance(loop.step);
      this.#get(counter);
      this.#const(loop.step).byte(Op.i32Add).byte(Op.localTee).unsigned(counter);
      less().byte(Op.branchIf).unsigned(0).byte(Op.end);
    });
    if (guarded) this.code.byte(Op.end);
    if (bound !== undefined) this.locals.giveBackIntegers(bound);
  }

  #encodeBind(bind: Bind): void {
    this.indices.value(bind.value);
    this.#set(this.indices.localOf(bind.variable));
    this.#withPointers(bind.variable, bind.body, () => this.#encodeBlock(bind.body));
  }

  #encodeIf({ condition, body, otherwise }: If): void {
    this.indices.condition(condition);
    this.code.byte(Op.if).byte(BLOCK_WITHOUT_RESULT);
    this.#encodeBlock(body);
    if (otherwise.length > 0) {
      this.code.byte(Op.else);
      this.#encodeBlock(otherwise);
    }
    this.code.byte(Op.end);
  }

  #withConstant(variable: IndexVariable, value: number, encode: () => void): void {
    this.indices.constants.set(variable, value);
    encode();
    this.indices.constants.delete(variable);
  }

  /** Computes the pointers that depend on the variable, whose local is set, for the code that `encode` appends. */
  #withPointers(
    variable: IndexVariable,
    body: readonly Statement[],
    encode: (advance: (step: number) => void) => void,
  ): void {
    const derived = this.#pointers.enter(variable, body);
    const locals = derived.map((pointer) => {
      const local = this.locals.borrowInteger();
      this.#get(pointer.parent);
      this.#get(this.indices.localOf(variable));
      this.#const(pointer.coefficient).byte(Op.i32Multiply).byte(Op.i32Add);
      this.#set(local);
      this.#pointers.define(pointer, local);
      return local;
    });
    encode((step) => {
      derived.forEach(({ coefficient }, i) => {
        const local = locals[i] as number;
        this.#advance(local, coefficient * step);
      });
    });
    this.#pointers.leave(derived);
    this.locals.giveBackIntegers(...locals);
  }

  #advance(pointer: number, bytes: number): void {
    this.#get(pointer);
    this.#const(bytes).byte(Op.i32Add);
    this.#set(pointer);
  }

  #get(local: number): ByteWriter {
    return this.code.byte(Op.localGet).unsigned(local);
  }

  #set(local: number): ByteWriter {
    return this.code.byte(Op.localSet).unsigned(local);
  }

  #const(value: number): ByteWriter {
    return this.code.byte(Op.i32Const).signed(value);
  }
}
