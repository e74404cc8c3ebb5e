import { ConvoyError, type Tensor, tensor, zeros } from '@convoy/tensor';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeSafetensors, encodeSafetensors } from '../src/safetensors.ts';

/** A file assembled by hand from the text of its header and its data. */
function fileOf(header: unknown, data: ArrayLike<number> = []): Uint8Array {
  const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeUInt32LE(text.length);
  return Uint8Array.from(Buffer.concat([length, text, Uint8Array.from(data)]));
}

const f32 = (shape: unknown, begin: number, end: number) => ({ dtype: 'F32', shape, data_offsets: [begin, end] });

/** The error of decoding; anything except a `ConvoyError` fails the test. */
function errorOf(bytes: Uint8Array): ConvoyError {
  try {
    decodeSafetensors(bytes);
  } catch (error) {
    if (error instanceof ConvoyError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('encodeSafetensors', () => {
  it('refuses a header that no reader takes', () => {
    const encode = (characters: number) => encodeSafetensors({}, { text: 'x'.repeat(characters) });
    const frame = '{"__metadata__":{"text":""}}'.length;
    expect(() => encode(100_000_001 - frame)).toThrow(
      expect.objectContaining({
        code: 'CONVOY_INVALID_DATA',
        given: 'tensors and metadata with a header of 100000008 bytes',
      }),
    );
  });

  it('writes the bytes of the format', () => {
    const bytes = encodeSafetensors({ w: tensor([[1, -2]]), b: tensor([0.5]) }, { format: 'pt' });
    const header =
      '{"__metadata__":{"format":"pt"},"w":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},' +
      '"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}';
    expect(header.length).toBe(141);
    const expected = Buffer.concat([
      Uint8Array.of(144, 0, 0, 0, 0, 0, 0, 0),
      Buffer.from(`${header}   `),
      // 1 = 3f800000, -2 = c0000000, 0.5 = 3f000000, little-endian
      Uint8Array.of(0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0, 0, 0, 0, 0x3f),
    ]);
    expect(Buffer.from(bytes).toString('latin1')).toBe(expected.toString('latin1'));
  });

  it('begins the data at a multiple of 8 bytes, for any names', () => {
    for (let length = 1; length <= 8; length++) {
      const bytes = encodeSafetensors({ ['x'.repeat(length)]: tensor([1]) });
      expect((bytes.length - 4) % 8).toBe(0);
      expect(Buffer.from(bytes).readUInt32LE(0)).toBe(bytes.length - 4 - 8);
    }
  });

  it('keeps the order of a map, and takes views of larger and of shared memory', () => {
    const memory = Float32Array.of(0, 1, 2, 3, 4, 5);
    const shared = new Float32Array(new SharedArrayBuffer(8));
    shared.set([8, 9]);
    const bytes = encodeSafetensors(
      new Map([
        ['10', tensor(memory.subarray(2, 4))],
        ['2', tensor(shared)],
      ]),
    );
    expect([...new Float32Array(bytes.buffer.slice(-16))]).toEqual([2, 3, 8, 9]);
    expect([...decodeSafetensors(bytes).tensors.keys()]).toEqual(['10', '2']);
  });

  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['the reserved name', { __metadata__: tensor(1) }, {}],
    ['an array', { w: [1, 2] }, {}],
    ['metadata that is not a string', { w: tensor(1) }, { epoch: 3 }],
  ])('refuses %s', (_, tensors, metadata) => {
    expect(() => encodeSafetensors(tensors as Record<string, Tensor>, metadata as Record<string, string>)).toThrow(
      expect.objectContaining({ code: 'CONVOY_INVALID_DATA' }),
    );
  });
});

describe('decodeSafetensors', () => {
  it('gives back every tensor and string, bit for bit', () => {
    const numbers = fc.float32Array({ maxLength: 12 }).map((data) => tensor(data));
    const names = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('__proto__', 'constructor', '7', 'a"b\\', '{'),
    );
    const named = fc
      .array(
        fc.tuple(
          names.filter((name) => name !== '__metadata__'),
          numbers,
        ),
      )
      .map((pairs) => new Map(pairs));
    const texts = fc.dictionary(names, fc.string({ unit: 'binary' }));
    fc.assert(
      fc.property(named, texts, (tensors, metadata) => {
        const decoded = decodeSafetensors(encodeSafetensors(tensors, metadata));
        expect([...decoded.tensors.keys()].sort()).toEqual([...tensors.keys()].sort());
        for (const [name, { shape, data }] of tensors) {
          expect(decoded.tensors.get(name)?.shape).toEqual(shape);
          expect(new Uint32Array(decoded.tensors.get(name)?.data.buffer as ArrayBuffer)).toEqual(
            new Uint32Array(data.slice().buffer),
          );
        }
        expect(Object.entries(decoded.metadata).sort()).toEqual(Object.entries(metadata).sort());
      }),
    );
  });

  it('keeps shapes, scalars and empty tensors', () => {
    const tensors = { scalar: tensor(7), image: zeros([1, 2, 3, 4]), empty: zeros([3, 0]) };
    const decoded = decodeSafetensors(encodeSafetensors(tensors));
    expect(decoded.tensors).toEqual(new Map(Object.entries(tensors)));
    expect(decoded.metadata).toEqual({});
    expect(decodeSafetensors(encodeSafetensors({})).tensors.size).toBe(0);
  });

  it('reads a header without padding, in any order, at any position in memory', () => {
    const bytes = fileOf(
      { b: f32([], 4, 8), a: f32([1], 0, 4), __metadata__: { k: 'v' } },
      [0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0],
    );
    const moved = new Uint8Array(bytes.length + 3).subarray(3);
    moved.set(bytes);
    for (const place of [bytes, moved, Buffer.from(bytes)]) {
      const { tensors, metadata } = decodeSafetensors(place);
      expect([...tensors.keys()]).toEqual(['a', 'b']);
      expect([tensors.get('a')?.at(0), tensors.get('b')?.at()]).toEqual([1, -2]);
      expect(metadata).toEqual({ k: 'v' });
    }
  });

  it('shares no memory with the bytes or between tensors', () => {
    const bytes = Buffer.from(encodeSafetensors({ a: tensor([1, 2]), b: tensor([3]) }));
    const { tensors } = decodeSafetensors(bytes);
    bytes.fill(0);
    expect(tensors.get('a')?.toArray()).toEqual([1, 2]);
    expect(tensors.get('b')?.data.buffer.byteLength).toBe(4);
  });

  const four = [0, 0, 0, 0];
  it.each<[string, Uint8Array, string]>([
    ['no bytes', Uint8Array.of(), 'no complete header'],
    ['half a length', Uint8Array.of(1, 0, 0, 0), 'no complete header'],
    [
      'a header beyond the end',
      Uint8Array.of(3, 0, 0, 0, 0, 0, 0, 0, 123, 125),
      'a header of 3 bytes; expected at most 2',
    ],
    ['a header of 2^63 bytes', Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 128, 123, 125), 'expected at most 2'],
    [
      'a header over the limit',
      Buffer.concat([Uint8Array.of(1, 225, 245, 5, 0, 0, 0, 0), Buffer.alloc(100_000_001)]),
      'at most 100000000',
    ],
    ['no JSON', fileOf('{"a"'), 'a header that cannot be parsed'],
    ['no UTF-8', Uint8Array.of(4, 0, 0, 0, 0, 0, 0, 0, 123, 0xff, 0xfe, 125), 'a header that cannot be parsed'],
    ['a list', fileOf('[]'), 'does not begin with {'],
    ['space before the header', fileOf(' {}'), 'does not begin with {'],
    ['a foreign file', Buffer.from('PK\x03\x04 this is a zip file'), 'a header of'],
    [
      'a name twice',
      fileOf(`{"a":${JSON.stringify(f32([1], 0, 4))},"\\u0061":${JSON.stringify(f32([1], 0, 4))}}`, four),
      '"a" twice',
    ],
    [
      'a shape twice',
      fileOf('{"a":{"dtype":"F32","shape":[2],"shape":[1],"data_offsets":[0,4]}}', four),
      '"shape" twice',
    ],
    ['metadata twice', fileOf('{"__metadata__":{"a":"x","a":"y"}}'), '"a" twice'],
    ['metadata that is not a string', fileOf({ __metadata__: { epoch: 3 } }), 'not an object of strings'],
    ['metadata that is null', fileOf({ __metadata__: null }), 'not an object of strings'],
    ['a description that is not an object', fileOf({ a: 1 }), 'described by 1'],
    [
      'another type',
      fileOf({ a: { dtype: 'F16', shape: [2], data_offsets: [0, 4] } }, four),
      'of type "F16"; expected F32',
    ],
    ['no type', fileOf({ a: { shape: [1], data_offsets: [0, 4] } }, four), 'of type undefined'],
    ['a negative shape', fileOf({ a: f32([-1], 0, 4) }, four), 'of shape [-1]'],
    ['a shape that is not an array', fileOf({ a: f32('1', 0, 4) }, four), 'of shape "1"'],
    [
      'a shape beyond numbers',
      fileOf({ a: f32([2 ** 40, 2 ** 40], 0, 4) }, four),
      'of shape [1099511627776, 1099511627776]',
    ],
    [
      'a shape of another size',
      fileOf({ a: f32([2], 0, 4) }, four),
      'at the bytes [0, 4]; expected [begin, end] with 8 bytes',
    ],
    [
      'three offsets',
      fileOf({ a: { dtype: 'F32', shape: [1], data_offsets: [0, 4, 8] } }, four),
      'at the bytes [0, 4, 8]',
    ],
    ['negative offsets', fileOf({ a: f32([1], -4, 0) }, four), 'at the bytes [-4, 0]'],
    ['no offsets', fileOf({ a: { dtype: 'F32', shape: [] } }, four), 'at the bytes undefined'],
    [
      'a gap',
      fileOf({ a: f32([1], 0, 4), b: f32([1], 8, 12) }, [...four, ...four, ...four]),
      'beginning at byte 8 of the data; expected 4',
    ],
    [
      'an overlap',
      fileOf({ a: f32([2], 0, 8), b: f32([1], 4, 8) }, [...four, ...four]),
      'beginning at byte 4 of the data; expected 8',
    ],
    [
      'a gap at the start',
      fileOf({ a: f32([1], 4, 8) }, [...four, ...four]),
      'beginning at byte 4 of the data; expected 0',
    ],
    ['missing data', fileOf({ a: f32([1], 0, 4) }, [0, 0]), 'tensors of 4 bytes in total and 2 bytes of data'],
    ['trailing data', fileOf({ a: f32([1], 0, 4) }, [...four, 0]), 'tensors of 4 bytes in total and 5 bytes of data'],
  ])('refuses %s', (_, bytes, message) => {
    const error = errorOf(bytes);
    expect(error.code).toBe('CONVOY_FILE_FORMAT');
    expect(error.message).toContain(message);
    expect(error.message).toContain(`of ${bytes.length} bytes`);
  });

  it('is not misled by braces, colons and quotes inside strings', () => {
    const metadata = { a: '"b":{', b: '{"a":1}', 'c":': '\\', d: '}}' };
    expect(decodeSafetensors(fileOf({ __metadata__: metadata })).metadata).toEqual(metadata);
    expect(errorOf(fileOf('{"__metadata__":{"a":"{\\"a\\":","b":"","a":""}}')).message).toContain('"a" twice');
  });

  it('reads strings of any length', () => {
    const metadata = { configuration: '\\"x'.repeat(2_000_000) };
    expect(decodeSafetensors(encodeSafetensors({}, metadata)).metadata).toEqual(metadata);
  });

  it('refuses truncation at every length', () => {
    const bytes = encodeSafetensors({ a: tensor([1, 2, 3]), b: tensor([[4]]) }, { k: 'v' });
    for (let length = 0; length < bytes.length; length++) {
      expect(errorOf(bytes.subarray(0, length)).code, `${length} bytes`).toBe('CONVOY_FILE_FORMAT');
    }
  });

  it('survives any damage', () => {
    const intact = encodeSafetensors({ a: tensor([1, 2, 3]), b: tensor([[4]]) }, { k: 'v' });
    const flips = fc.array(fc.tuple(fc.nat({ max: intact.length - 1 }), fc.integer({ min: 1, max: 255 })), {
      minLength: 1,
      maxLength: 3,
    });
    fc.assert(
      fc.property(flips, (flips) => {
        const bytes = intact.slice();
        for (const [position, mask] of flips) bytes[position] = (bytes[position] as number) ^ mask;
        try {
          const { tensors } = decodeSafetensors(bytes);
          expect([...tensors.values()].reduce((sum, { size }) => sum + size, 0)).toBe(4);
        } catch (error) {
          expect(error).toBeInstanceOf(ConvoyError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
