// Kernels by what they were made of. Models repeat layers, most often right behind each other: to keep the last few is enough.
import type { Kernel } from '@convoy/kernels';

/** Those of some layers; a kernel's tree takes 100 KB and more. */
const MAX_KEPT = 32;

export class KernelCache {
  /** The first one has been unused for longest. */
  readonly #kernels = new Map<string, Kernel>();
  readonly #numbers = new Map<unknown, number>();

  /** What `family` makes of these arguments: plain data, and functions, which are the same only if they are the same object. */
  readonly get = <Arguments extends readonly unknown[], K extends Kernel>(
    family: (...args: Arguments) => K,
    ...args: Arguments
  ): K => {
    const key = JSON.stringify([family, ...args], (_, value) => this.#named(value));
    const kernel = (this.#kernels.get(key) as K | undefined) ?? family(...args);
    this.#kernels.delete(key);
    this.#kernels.set(key, kernel);
    if (this.#kernels.size > MAX_KEPT) this.#kernels.delete(this.#kernels.keys().next().value as string);
    return kernel;
  };

  /** A text for what JSON does not tell apart. */
  #named(value: unknown): unknown {
    if (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0))) {
      return `number ${Object.is(value, -0) ? '-0' : value}`;
    }
    if (typeof value !== 'function') return value;
    const number = this.#numbers.get(value) ?? this.#numbers.size;
    this.#numbers.set(value, number);
    return `function ${number}`;
  }
}
