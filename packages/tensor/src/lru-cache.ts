// A cache of bounded size. The least recently used entry makes room for a new one.

/**
 * Values by key, at most `maxEntries` of them. Reading or storing an entry makes it the most recently used.
 *
 * ```ts
 * const modules = new LruCache<string, WebAssembly.Module>(32);
 * const module = modules.getOrCreate(key, () => compile(shape));
 * ```
 */
export class LruCache<Key, Value extends NonNullable<unknown>> {
  readonly #maxEntries: number;
  // A Map iterates in the order of insertion, and each use inserts again: the first entry is the least recently used.
  readonly #entries = new Map<Key, Value>();

  /** @param maxEntries 1 or more */
  constructor(maxEntries: number) {
    this.#maxEntries = maxEntries;
  }

  /** The number of entries. */
  get size(): number {
    return this.#entries.size;
  }

  /** The value of a key, or undefined. */
  get(key: Key): Value | undefined {
    const value = this.#entries.get(key);
    if (value !== undefined) this.#insertLast(key, value);
    return value;
  }

  /**
   * Stores a value.
   * @returns the value that was removed to make room for it, if any, so that the caller can release what it holds. A
   * value that the same key had before is replaced and not returned.
   */
  set(key: Key, value: Value): Value | undefined {
    this.#insertLast(key, value);
    return this.#entries.size > this.#maxEntries ? this.deleteOldest() : undefined;
  }

  /** Removes the least recently used entry, and returns its value, if there is one. */
  deleteOldest(): Value | undefined {
    const [oldest] = this.#entries.keys();
    return oldest === undefined ? undefined : this.delete(oldest);
  }

  /** Removes a key, and returns its value, if it has one. */
  delete(key: Key): Value | undefined {
    const value = this.#entries.get(key);
    this.#entries.delete(key);
    return value;
  }

  /** All values, the least recently used first. */
  values(): IterableIterator<Value> {
    return this.#entries.values();
  }

  /** The value of a key. If there is none, `create` makes it and the cache keeps it. */
  getOrCreate(key: Key, create: () => Value): Value {
    const existing = this.get(key);
    if (existing !== undefined) return existing;
    const value = create();
    this.set(key, value);
    return value;
  }

  #insertLast(key: Key, value: Value): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
  }
}
