// The locals of a function: first its parameters, then the locals that its code requests.
import { ByteWriter } from './byte-writer.ts';
import { ValueKind } from './opcodes.ts';

export class Locals {
  readonly parameters: ValueKind[] = [];
  readonly #own: ValueKind[] = [];
  readonly #freeIntegers: number[] = [];

  /** Declares the next parameter. All parameters must be declared before the first other local. */
  addParameter(kind: ValueKind): number {
    return this.parameters.push(kind) - 1;
  }

  add(kind: ValueKind): number {
    return this.parameters.length + this.#own.push(kind) - 1;
  }

  /** An integer local for temporary use; `giveBackIntegers` makes it available again. */
  borrowInteger(): number {
    return this.#freeIntegers.pop() ?? this.add(ValueKind.i32);
  }

  giveBackIntegers(...locals: readonly number[]): void {
    this.#freeIntegers.push(...locals);
  }

  /** The body of the function: the declarations, then the code. */
  body(code: ByteWriter): Uint8Array {
    const body = new ByteWriter().unsigned(this.#own.length);
    for (const kind of this.#own) body.unsigned(1).byte(kind);
    return body.append(code.bytes()).bytes();
  }
}
