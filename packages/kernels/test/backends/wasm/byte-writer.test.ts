// The number formats of the WebAssembly binary format.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteWriter } from '../../../src/backends/wasm/byte-writer.ts';

const bytesOf = (write: (writer: ByteWriter) => unknown): number[] => {
  const writer = new ByteWriter();
  write(writer);
  return [...writer.bytes()];
};

/** Reads a LEB128 number back. */
function decode(bytes: readonly number[], signed: boolean): number {
  let value = 0n;
  bytes.forEach((byte, i) => {
    value |= BigInt(byte & 0x7f) << BigInt(7 * i);
  });
  return Number(signed ? BigInt.asIntN(7 * bytes.length, value) : value);
}

describe('LEB128', () => {
  test.each([
    [0, [0]],
    [127, [0x7f]],
    [128, [0x80, 1]],
    [624_485, [0xe5, 0x8e, 0x26]],
    [2 ** 32 - 1, [0xff, 0xff, 0xff, 0xff, 0x0f]],
  ])('unsigned %i', (value, bytes) => {
    expect(bytesOf((writer) => writer.unsigned(value))).toEqual(bytes);
  });

  test.each([
    [0, [0]],
    [63, [0x3f]],
    [64, [0xc0, 0]],
    [-1, [0x7f]],
    [-64, [0x40]],
    [-65, [0xbf, 0x7f]],
    [-123_456, [0xc0, 0xbb, 0x78]],
    [-(2 ** 31), [0x80, 0x80, 0x80, 0x80, 0x78]],
  ])('signed %i', (value, bytes) => {
    expect(bytesOf((writer) => writer.signed(value))).toEqual(bytes);
  });

  test('reads back, in at most five bytes of which only the last has its highest bit clear', () => {
    const check = (bytes: readonly number[], signed: boolean, value: number) => {
      expect(decode(bytes, signed)).toBe(value);
      expect(bytes.length).toBeLessThanOrEqual(5);
      expect(bytes.map((byte) => byte >> 7)).toEqual(bytes.map((_, i) => (i < bytes.length - 1 ? 1 : 0)));
    };
    fc.assert(
      fc.property(fc.integer(), (value) => {
        const unsigned = value >>> 0;
        check(
          bytesOf((writer) => writer.signed(value)),
          true,
          value,
        );
        check(
          bytesOf((writer) => writer.unsigned(unsigned)),
          false,
          unsigned,
        );
      }),
    );
  });
});

test('floats are little-endian and keep −0', () => {
  expect(bytesOf((writer) => writer.float32(1))).toEqual([0, 0, 0x80, 0x3f]);
  expect(bytesOf((writer) => writer.float32(-0))).toEqual([0, 0, 0, 0x80]);
});

test('names are UTF-8 after their length in bytes', () => {
  expect(bytesOf((writer) => writer.name('a∂'))).toEqual([4, 0x61, 0xe2, 0x88, 0x82]);
});

test('grows beyond its first reserve', () => {
  const many = Array.from({ length: 5000 }, (_, i) => i & 0xff);
  expect(bytesOf((writer) => writer.byte(9).append(many).byte(8))).toEqual([9, ...many, 8]);
});
