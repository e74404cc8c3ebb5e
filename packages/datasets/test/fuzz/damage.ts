// Damage to the bytes of a file, as fast-check draws it.
import fc from 'fast-check';

type Damage = (bytes: Buffer) => Buffer;

/** A position between 0 and 1 that often hits the beginning or the end of a file, where its headers are. */
const position = fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 0.01, 0.03, 0.97, 0.99, 1));

const at = (bytes: Buffer, place: number) => Math.min(bytes.length, Math.floor(place * bytes.length));

/** The greatest and least lengths of 16, 32 and 64 bits. */
const lengths = ['00', 'ffff', '00000000', 'ffffffff', '7fffffff', '80000000', 'ffffffffffffffff', '0000000001000000'];

const flip = fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 }), fc.boolean()).map(
  ([place, mask, isAtStart]): Damage =>
    (bytes) => {
      const copy = Buffer.from(bytes);
      const index = place % Math.max(1, isAtStart ? Math.min(100, copy.length) : copy.length);
      if (copy.length > 0) copy[index] = (copy[index] as number) ^ mask;
      return copy;
    },
);
const cut = position.map(
  (place): Damage =>
    (bytes) =>
      bytes.subarray(0, at(bytes, place)),
);
const insert = fc
  .tuple(position, fc.oneof(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.string({ unit: 'grapheme' })))
  .map(([place, added]): Damage => {
    return (bytes) =>
      Buffer.concat([
        bytes.subarray(0, at(bytes, place)),
        Buffer.from(added as string),
        bytes.subarray(at(bytes, place)),
      ]);
  });
const repeat = fc.tuple(position, position, fc.integer({ min: 2, max: 50 })).map(([a, b, times]): Damage => {
  return (bytes) => {
    const [start, end] = [at(bytes, Math.min(a, b)), at(bytes, Math.max(a, b))];
    const copies = Array<Buffer>(times).fill(bytes.subarray(start, end));
    return Buffer.concat([bytes.subarray(0, start), ...copies, bytes.subarray(end)]);
  };
});
const remove = fc.tuple(position, fc.integer({ min: 1, max: 30 })).map(([place, count]): Damage => {
  return (bytes) => Buffer.concat([bytes.subarray(0, at(bytes, place)), bytes.subarray(at(bytes, place) + count)]);
});
const overwrite = fc
  .tuple(position, fc.constantFrom(...lengths), fc.nat({ max: 40 }))
  .map(([place, length, offset]) => {
    return (bytes: Buffer): Buffer => {
      const copy = Buffer.from(bytes);
      copy.write(length, Math.max(0, Math.min(copy.length, at(bytes, place) + offset - 20)), 'hex');
      return copy;
    };
  });
const digits = fc.tuple(fc.nat(), fc.constantFrom('9', '-1', '0', '1e400', '99999999999999999999', 'NaN', '')).map(
  ([place, digits]): Damage =>
    (bytes) => {
      const numbers = [...bytes.toString('latin1').matchAll(/\d+/g)];
      const { index = 0, 0: digit = '' } = numbers[place % Math.max(1, numbers.length)] ?? { index: 0 };
      return Buffer.concat([bytes.subarray(0, index), Buffer.from(digits), bytes.subarray(index + digit.length)]);
    },
);

/** One to four kinds of damage, one after another. */
export const damage: fc.Arbitrary<Damage> = fc
  .array(fc.oneof(flip, flip, cut, insert, repeat, remove, overwrite, digits), { minLength: 1, maxLength: 4 })
  .map((all) => (bytes) => all.reduce((changed, one) => one(changed), bytes));
