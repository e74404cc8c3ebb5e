// A cache of bounded size, from which goes first what has not been used for longest.

export class RecentlyUsed<Value extends object> {
  readonly #capacity: number;
  // A Map iterates in the order of insertion, and every use inserts again: the first entry is the least recently used.
  readonly #entries = new Map<string, Value>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** The value under the key; makes and keeps it if there is none. */
  get(key: string, make: () => Value): Value {
    const value = this.#entries.get(key) ?? make();
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size > this.#capacity) this.#entries.delete(this.#entries.keys().next().value as string);
    return value;
  }
}
