// Strength reduction: turns affine addresses into immediates and pointers that loops advance.
//
// The address of an access is buffer + Σ coefficient · variable + constant. A loop whose variable has a coefficient in
// some access of its body keeps a pointer with the sum up to its variable. Accesses that differ only in the constant
// share the pointer.
import type { Index, IndexVariable } from '../../language/index-expression.ts';
import type { Statement } from '../../language/statement.ts';
import type { Access, BufferOperand } from '../../language/value.ts';
import { accessesIn } from './accesses.ts';

export const elementBytes = (buffer: BufferOperand): number => (buffer.element === 'u8' ? 1 : 4);

/** A pointer that a loop derives from a pointer of the code around it: pointer = parent + coefficient · variable. */
export interface DerivedPointer {
  readonly key: string;
  readonly parent: number;
  /** In bytes. */
  readonly coefficient: number;
}

export class Pointers {
  readonly #bases: ReadonlyMap<BufferOperand, number>;
  readonly #locals = new Map<string, number>();
  readonly #active: IndexVariable[] = [];
  readonly #names = new Map<IndexVariable | BufferOperand, number>();

  /** @param bases the locals that hold the addresses of the buffers */
  constructor(bases: ReadonlyMap<BufferOperand, number>) {
    this.#bases = bases;
  }

  /**
   * Begins the scope of a variable. Returns the pointers that its body needs; the caller sets each of them and calls
   * `define`.
   */
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

  /** The local that holds the part of an address that varies with the variables in scope. */
  local(access: Access): number {
    const local = this.#locals.get(this.#key(access)) ?? this.#bases.get(access.buffer);
    if (local === undefined)
      throw new Error(`Kernel uses buffer '${access.buffer.name}', which is none of its operands.`);
    return local;
  }

  /** Identifies the varying part of an address: the buffer, and the coefficients of the variables in scope. */
  #key({ buffer, index }: Access, next?: IndexVariable): string {
    let key = `${this.#name(buffer)}`;
    for (const variable of this.#active) key += this.#term(index, variable);
    return next ? key + this.#term(index, next) : key;
  }

  #term(index: Index, variable: IndexVariable): string {
    const coefficient = index.terms.get(variable);
    return coefficient === undefined ? '' : `|${this.#name(variable)}*${coefficient}`;
  }

  #name(thing: IndexVariable | BufferOperand): number {
    let name = this.#names.get(thing);
    if (name === undefined) {
      name = this.#names.size;
      this.#names.set(thing, name);
    }
    return name;
  }
}
