// Kernels by the arguments that they were made from. Models repeat layers, usually one after the other, so the last few are enough.
import type { Kernel } from '@convoy/kernels';
import { LruCache } from '@convoy/tensor/lru-cache';

/** Kernels of a few layers; the tree of a kernel takes 100 KB and more. */
const MAX_KEPT = 32;

export class KernelCache {
  readonly #kernels = new LruCache<string, Kernel>(MAX_KEPT);
  readonly #numbers = new Map<unknown, number>();

  /** The kernel that `family` makes from these arguments: plain data, and functions, which are compared by identity. */
  readonly get = <Arguments extends readonly unknown[], K extends Kernel>(
    family: (...args: Arguments) => K,
    ...args: Arguments
  ): K => {
    const key = JSON.stringify([family, ...args], (_, value) => this.#named(value));
    return this.#kernels.getOrCreate(key, () => family(...args)) as K;
  };

  /** A text for values that JSON would write alike. */
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
