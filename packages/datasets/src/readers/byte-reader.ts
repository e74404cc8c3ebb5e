// The bytes of a file or of an archive's entry, from the first to the last. A reader of a format takes as many as it
// expects, so a source with more bytes than its header says never grows beyond one chunk in memory.

export class ByteReader {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array();

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** Fills `target` with the next bytes. Returns their number, which is less than asked for only at the end. */
  async fill(target: Uint8Array): Promise<number> {
    let filled = 0;
    while (filled < target.length && !(await this.isAtEnd())) {
      const part = this.#rest.subarray(0, target.length - filled);
      target.set(part, filled);
      filled += part.length;
      this.#rest = this.#rest.subarray(part.length);
    }
    return filled;
  }

  /** The next `count` bytes, or fewer at the end. */
  async take(count: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(count);
    return bytes.subarray(0, await this.fill(bytes));
  }

  /** Whether all bytes have been taken. Checksums at the end of the source are checked then. */
  async isAtEnd(): Promise<boolean> {
    while (this.#rest.length === 0) {
      const { done, value } = await this.#chunks.next();
      if (done) return true;
      this.#rest = value;
    }
    return false;
  }

  /** Frees what the source has opened. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }
}
