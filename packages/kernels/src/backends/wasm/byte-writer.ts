// Bytes of the WebAssembly binary format: LEB128 integers, floats, names, length-prefixed sections.

const FLOAT = new DataView(new ArrayBuffer(4));

export class ByteWriter {
  #bytes = new Uint8Array(64);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  byte(value: number): this {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
    return this;
  }

  append(bytes: ArrayLike<number>): this {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
    return this;
  }

  /** Unsigned LEB128 of an integer in [0, 2^32). */
  unsigned(value: number): this {
    let rest = value >>> 0;
    while (rest > 0x7f) {
      this.byte((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    return this.byte(rest);
  }

  /** Signed LEB128 of a 32-bit integer. */
  signed(value: number): this {
    let rest = value | 0;
    for (;;) {
      const low = rest & 0x7f;
      rest >>= 7;
      if ((rest === 0 && !(low & 0x40)) || (rest === -1 && low & 0x40)) return this.byte(low);
      this.byte(low | 0x80);
    }
  }

  float32(value: number): this {
    FLOAT.setFloat32(0, value, true);
    for (let i = 0; i < 4; i++) this.byte(FLOAT.getUint8(i));
    return this;
  }

  name(text: string): this {
    return this.sized(new TextEncoder().encode(text));
  }

  /** The length of the bytes, followed by the bytes. */
  sized(bytes: ArrayLike<number>): this {
    return this.unsigned(bytes.length).append(bytes);
  }

  #reserve(extra: number): void {
    if (this.#length + extra <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + extra));
    larger.set(this.bytes());
    this.#bytes = larger;
  }
}
