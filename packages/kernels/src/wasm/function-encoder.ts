// Encodes one kernel as a WebAssembly function. A vector of 8 lanes is two 128-bit registers, called its halves.
import {
  type Condition,
  constantValue,
  Index,
  type IndexValue,
  type IndexVariable,
} from '../language/index-expression.ts';
import type { Kernel, Statement } from '../language/statement.ts';
import type { Access, Buffer, Variable } from '../language/value.ts';
import { accessesIn } from './accesses.ts';
import { ByteWriter } from './byte-writer.ts';
import { BLOCK_WITHOUT_RESULT, Op, ValueKind } from './opcodes.ts';
import { elementBytes, Pointers } from './pointers.ts';
import { ValueEncoder } from './value-encoder.ts';

export interface EncodedFunction {
  readonly parameters: readonly ValueKind[];
  /** Local declarations and code, without the length in front. */
  readonly body: Uint8Array;
  /** No buffer may start below this address: pointers may lie this far below their buffers. */
  readonly guardBytes: number;
}

export interface EncodingOptions {
  /** Whether loops marked for it are unrolled. */
  readonly unroll: boolean;
}

export function encodeFunction(kernel: Kernel, options: EncodingOptions): EncodedFunction {
  return new FunctionEncoder(kernel, options).encode();
}

type Loop = Extract<Statement, { kind: 'loop' }>;
type Bind = Extract<Statement, { kind: 'bind' }>;

/** What `ValueEncoder` asks of the function around it. */
export interface FunctionContext {
  readonly code: ByteWriter;
  newLocal(kind: ValueKind): number;
  /** The locals of a variable: one, or one for each half of a vector. */
  localsOf(variable: Variable): readonly number[];
  encodeIndex(index: Index): void;
  encodeAddress(access: Access): number;
}

class FunctionEncoder implements FunctionContext {
  readonly code = new ByteWriter();
  readonly #kernel: Kernel;
  readonly #options: EncodingOptions;
  readonly #parameters: ValueKind[] = [];
  readonly #locals: ValueKind[] = [];
  readonly #freePointers: number[] = [];
  readonly #indices = new Map<IndexVariable, number>();
  readonly #constants = new Map<IndexVariable, number>();
  readonly #variables = new Map<Variable, readonly number[]>();
  readonly #lowest = new Map<Buffer, number>();
  readonly #pointers: Pointers;
  readonly #values: ValueEncoder;
  #halves: readonly number[] = [0, 1];
  #backwardReach = 0;

  constructor(kernel: Kernel, options: EncodingOptions) {
    this.#kernel = kernel;
    this.#options = options;
    this.#findLowest(kernel.body);
    this.#pointers = new Pointers(this.#declareParameters());
    this.#values = new ValueEncoder(this);
  }

  encode(): EncodedFunction {
    const integers = this.#kernel.parameters.flatMap((p) => (p.kind === 'index' ? [p.variable] : []));
    const body = integers.reduceRight<() => void>(
      (inner, variable) => () => this.#withPointers(variable, this.#kernel.body, inner),
      () => this.#encodeBlock(this.#kernel.body),
    );
    body();
    this.code.byte(Op.end);
    const guardBytes = Math.max(this.#backwardReach, ...[...this.#lowest.values()].map((lowest) => -lowest));
    return { parameters: this.#parameters, body: this.#withLocals(), guardBytes };
  }

  newLocal(kind: ValueKind): number {
    return this.#parameters.length + this.#locals.push(kind) - 1;
  }

  localsOf(variable: Variable): readonly number[] {
    let locals = this.#variables.get(variable);
    if (!locals) {
      const kind = variable.type === 'scalar' ? ValueKind.f32 : ValueKind.v128;
      const single = variable.type === 'scalar' || variable.uniform;
      locals = single ? [this.newLocal(kind)] : [this.newLocal(kind), this.newLocal(kind)];
      this.#variables.set(variable, locals);
    }
    return locals;
  }

  /** Pushes the varying part of the address and returns the constant part, in bytes. */
  encodeAddress(access: Access): number {
    this.#get(this.#pointers.local(access));
    const offset = this.#displacement(access, this.#constants) - (this.#lowest.get(access.buffer) ?? 0);
    if (offset < 0) throw new Error(`Kernel '${this.#kernel.name}': an access to '${access.buffer.name}' has a negative offset.`);
    if (this.#runsBackwards(access.index)) this.#backwardReach = Math.max(this.#backwardReach, offset);
    return offset;
  }

  encodeIndex(index: Index): void {
    let constant = index.constant;
    let pushed = false;
    for (const [variable, coefficient] of index.terms) {
      const known = this.#constants.get(variable);
      if (known !== undefined) {
        constant += coefficient * known;
        continue;
      }
      this.#get(this.#indexLocal(variable));
      if (coefficient !== 1) this.#const(coefficient).byte(Op.i32Multiply);
      if (pushed) this.code.byte(Op.i32Add);
      pushed = true;
    }
    if (!pushed) this.#const(constant);
    else if (constant !== 0) this.#const(constant).byte(Op.i32Add);
  }

  /** The parameters' locals; a buffer whose accesses reach below its address gets a pointer moved down by as much. */
  #declareParameters(): Map<Buffer, number> {
    const bases = new Map<Buffer, number>();
    for (const [position, parameter] of this.#kernel.parameters.entries()) {
      this.#parameters.push(parameter.kind === 'scalar' ? ValueKind.f32 : ValueKind.i32);
      if (parameter.kind === 'index') this.#indices.set(parameter.variable, position);
      else if (parameter.kind === 'scalar') this.#variables.set(parameter.variable, [position]);
      else bases.set(parameter.buffer, position);
    }
    for (const [buffer, lowest] of this.#lowest) {
      const base = bases.get(buffer);
      if (lowest < 0 && base !== undefined) this.#get(base).#const(lowest).byte(Op.i32Add).byte(Op.localSet).unsigned(base);
    }
    return bases;
  }

  /** The lowest constant part of each buffer's addresses, over all that unrolled loops make of it. */
  #findLowest(statements: readonly Statement[]): void {
    const ranges = new Map<IndexVariable, readonly [first: number, last: number]>();
    this.#collectRanges(statements, ranges);
    for (const access of accessesIn(statements)) {
      const corner = new Map<IndexVariable, number>();
      for (const [variable, coefficient] of access.index.terms) {
        const range = ranges.get(variable);
        if (range) corner.set(variable, coefficient < 0 ? range[1] : range[0]);
      }
      const lowest = Math.min(this.#lowest.get(access.buffer) ?? 0, this.#displacement(access, corner));
      this.#lowest.set(access.buffer, lowest);
    }
  }

  #collectRanges(statements: readonly Statement[], ranges: Map<IndexVariable, readonly [number, number]>): void {
    for (const statement of statements) {
      if (statement.kind === 'loop') {
        const values = this.#unrolledValues(statement);
        if (values?.length) ranges.set(statement.variable, [values[0] as number, values.at(-1) as number]);
      }
      if ('body' in statement) this.#collectRanges(statement.body, ranges);
      if (statement.kind === 'if') this.#collectRanges(statement.otherwise, ranges);
    }
  }

  /** Whether a pointer to it falls while a variable grows: then it may lie below its buffer by as much as the constant part. */
  #runsBackwards({ terms }: Index): boolean {
    return [...terms].some(([variable, coefficient]) => coefficient < 0 && !this.#constants.has(variable));
  }

  #displacement({ buffer, index }: Access, constants: ReadonlyMap<IndexVariable, number>): number {
    let elements = index.constant;
    for (const [variable, coefficient] of index.terms) elements += coefficient * (constants.get(variable) ?? 0);
    return elements * elementBytes(buffer);
  }

  #encodeBlock(statements: readonly Statement[]): void {
    for (const statement of statements) this.#encodeStatement(statement);
  }

  #encodeStatement(statement: Statement): void {
    switch (statement.kind) {
      case 'loop':
        return this.#encodeLoop(statement);
      case 'bind':
        return this.#encodeBind(statement);
      case 'if':
        return this.#encodeIf(statement);
      case 'halves':
        for (const half of this.#halves) {
          this.#halves = [half];
          this.#encodeBlock(statement.body);
          this.#halves = [0, 1];
        }
        return;
      case 'assign':
        return this.#values.assign(statement.variable, statement.value, this.#halves);
      case 'store':
        return this.#values.store(statement.access, statement.value, this.#halves);
    }
  }

  #encodeLoop(loop: Loop): void {
    const values = this.#unrolledValues(loop);
    if (values) {
      for (const value of values) this.#withConstant(loop.variable, value, () => this.#encodeBlock(loop.body));
      return;
    }
    const counter = this.#indexLocal(loop.variable);
    const end = constantValue(loop.to);
    this.#encodeIndexValue(loop.from);
    this.#set(counter);
    let bound = -1;
    if (end === undefined) {
      bound = this.#borrowPointer();
      this.#encodeIndexValue(loop.to);
      this.#set(bound);
    }
    const less = () => {
      if (end === undefined) this.#get(bound);
      else this.#const(end);
      return this.code.byte(Op.i32LessSigned);
    };
    // With constant bounds the loop is known to run at least once.
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
    if (bound >= 0) this.#freePointers.push(bound);
  }

  /** The values of a loop that is not encoded as one: unrolled, or run at most once. */
  #unrolledValues(loop: Loop): readonly number[] | undefined {
    const from = constantValue(loop.from);
    const to = constantValue(loop.to);
    if (from === undefined || to === undefined) return undefined;
    const count = Math.max(0, Math.ceil((to - from) / loop.step));
    if (count > 1 && !(loop.unroll && this.#options.unroll)) return undefined;
    return Array.from({ length: count }, (_, i) => from + i * loop.step);
  }

  #encodeBind(bind: Bind): void {
    this.#encodeIndexValue(bind.value);
    this.#set(this.#indexLocal(bind.variable));
    this.#withPointers(bind.variable, bind.body, () => this.#encodeBlock(bind.body));
  }

  #encodeIf({ condition, body, otherwise }: Extract<Statement, { kind: 'if' }>): void {
    this.#encodeCondition(condition);
    this.code.byte(Op.if).byte(BLOCK_WITHOUT_RESULT);
    this.#encodeBlock(body);
    if (otherwise.length > 0) {
      this.code.byte(Op.else);
      this.#encodeBlock(otherwise);
    }
    this.code.byte(Op.end);
  }

  #withConstant(variable: IndexVariable, value: number, encode: () => void): void {
    this.#constants.set(variable, value);
    encode();
    this.#constants.delete(variable);
  }

  /** Makes the pointers that depend on the variable (whose local is set) for the code that `encode` appends. */
  #withPointers(
    variable: IndexVariable,
    body: readonly Statement[],
    encode: (advance: (step: number) => void) => void,
  ): void {
    const derived = this.#pointers.enter(variable, body);
    const locals = derived.map((pointer) => {
      const local = this.#borrowPointer();
      this.#get(pointer.parent).#get(this.#indexLocal(variable)).#const(pointer.coefficient);
      this.code.byte(Op.i32Multiply).byte(Op.i32Add).byte(Op.localSet).unsigned(local);
      this.#pointers.define(pointer, local);
      return local;
    });
    encode((step) => {
      for (const [i, { coefficient }] of derived.entries()) {
        const local = locals[i] as number;
        this.#get(local).#const(coefficient * step);
        this.code.byte(Op.i32Add).byte(Op.localSet).unsigned(local);
      }
    });
    this.#pointers.leave(derived);
    this.#freePointers.push(...locals);
  }

  #encodeIndexValue(value: IndexValue): void {
    if (value instanceof Index) return this.encodeIndex(value);
    this.#encodeIndexValue(value.a);
    if (value.op === 'ceilDivide') {
      this.#const(value.divisor - 1).byte(Op.i32Add);
      this.#const(value.divisor).byte(Op.i32DivideSigned);
      return;
    }
    const a = this.#borrowPointer();
    const b = this.#borrowPointer();
    this.#set(a);
    this.#encodeIndexValue(value.b);
    this.#set(b);
    const [smaller, larger] = value.op === 'min' ? [a, b] : [b, a];
    this.#get(a).#get(b).#get(smaller).#get(larger);
    this.code.byte(Op.i32LessSigned).byte(Op.select);
    this.#freePointers.push(a, b);
  }

  #encodeCondition(condition: Condition): void {
    if (condition.op === 'both') {
      this.#encodeCondition(condition.a);
      this.#encodeCondition(condition.b);
      this.code.byte(Op.i32And);
      return;
    }
    this.#encodeIndexValue(condition.a);
    this.#encodeIndexValue(condition.b);
    this.code.byte(condition.op === 'equal' ? Op.i32Equal : Op.i32LessSigned);
  }

  #indexLocal(variable: IndexVariable): number {
    let local = this.#indices.get(variable);
    if (local === undefined) {
      local = this.newLocal(ValueKind.i32);
      this.#indices.set(variable, local);
    }
    return local;
  }

  #borrowPointer(): number {
    return this.#freePointers.pop() ?? this.newLocal(ValueKind.i32);
  }

  #get(local: number): this {
    this.code.byte(Op.localGet).unsigned(local);
    return this;
  }

  #set(local: number): this {
    this.code.byte(Op.localSet).unsigned(local);
    return this;
  }

  #const(value: number): ByteWriter {
    return this.code.byte(Op.i32Const).signed(value);
  }

  #withLocals(): Uint8Array {
    const body = new ByteWriter().unsigned(this.#locals.length);
    for (const kind of this.#locals) body.unsigned(1).byte(kind);
    return body.append(this.code.bytes()).bytes();
  }
}
