// Strength reduction: turns affine addresses into pointers that loops advance, and immediates.
//
// The address of an access is buffer + Σ coefficient · variable + constant. Each loop whose variable has a coefficient in
// some access of its body keeps a pointer with the sum so far; accesses that differ in the constant alone share it.
import type { Index, IndexVariable } from '../../language/index-expression.ts';
import type { Statement } from '../../language/statement.ts';
import type { Access, Buffer } from '../../language/value.ts';
import { accessesIn } from './accesses.ts';

export const elementBytes = (buffer: Buffer): number => (buffer.element === 'u8' ? 1 : 4);

/** A pointer that a loop makes from the pointer of its surroundings: pointer = parent + coefficient · variable. */
export interface DerivedPointer {
  readonly key: string;
  readonly parent: number;
  /** Bytes for each unit of the variable. */
  readonly coefficient: number;
}

export class Pointers {
  readonly #bases: ReadonlyMap<Buffer, number>;
  readonly #locals = new Map<string, number>();
  readonly #active: IndexVariable[] = [];
  readonly #names = new Map<IndexVariable | Buffer, number>();

  /** `bases` are the locals that hold the buffers' addresses. */
  constructor(bases: ReadonlyMap<Buffer, number>) {
    this.#bases = bases;
  }

  /** Begins the scope of a variable: the pointers that its body needs. The caller sets each, then calls `define`. */
  enter(variable: IndexVariable, body: readonly Statement[]): readonly DerivedPointer[] {
    const derived = new Map<string, DerivedPointer>();
    for (const access of accessesIn(body)) {
      const coefficient = access.index.terms.get(variable);
      if (coefficient === undefined) continue;
      const key = this.#key(access, variable);
      if (derived.has(key)) continue;
      derived.set(key, { key, parent: this.local(access), coefficient: coefficient * elementBytes(access.buffer) });
    }
    this.#active.push(variable);
    return [...derived.values()];
  }

  define(pointer: DerivedPointer, local: number): void {
    this.#locals.set(pointer.key, local);
  }

  leave(pointers: readonly DerivedPointer[]): void {
    this.#active.pop();
    for (const { key } of pointers) this.#locals.delete(key);
  }

  /** The local that holds the part of an access's address which varies with the variables in scope. */
  local(access: Access): number {
    const local = this.#locals.get(this.#key(access)) ?? this.#bases.get(access.buffer);
    if (local === undefined) throw new Error(`Kernel uses buffer '${access.buffer.name}', which is not a parameter.`);
    return local;
  }

  /** Names an access's varying part: its buffer and its coefficients of the variables in scope. */
  #key({ buffer, index }: Access, next?: IndexVariable): string {
    let key = `${this.#name(buffer)}`;
    for (const variable of this.#active) key += this.#term(index, variable);
    return next ? key + this.#term(index, next) : key;
  }

  #term(index: Index, variable: IndexVariable): string {
    const coefficient = index.terms.get(variable);
    return coefficient === undefined ? '' : `|${this.#name(variable)}*${coefficient}`;
  }

  #name(thing: IndexVariable | Buffer): number {
    let name = this.#names.get(thing);
    if (name === undefined) {
      name = this.#names.size;
      this.#names.set(thing, name);
    }
    return name;
  }
}
