import { execFileSync } from 'node:child_process';
import { mkdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { ConvoyError } from '@convoy/tensor';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readIdx } from '../../src/readers/idx-file.ts';
import { temporaryDirectory } from '../temporary-directory.ts';
import { idxBytes } from './idx-bytes.ts';

const directory = temporaryDirectory();
let files = 0;

async function fileOf(bytes: Uint8Array): Promise<string> {
  const path = join(directory, `file-${files++}`);
  await writeFile(path, bytes);
  return path;
}

/** The error of reading these bytes from a file. Anything except a `ConvoyError` fails the test. */
async function errorOf(bytes: Uint8Array): Promise<ConvoyError> {
  const error = await readIdx(await fileOf(bytes)).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(ConvoyError);
  return error as ConvoyError;
}

const counting = (count: number) => Uint8Array.from({ length: count }, (_, i) => i);

describe('readIdx', () => {
  it.each([
    ['uint8', Uint8Array, [0, 1, 128, 255]],
    ['int8', Int8Array, [0, 1, -128, 127]],
    ['int16', Int16Array, [0, 1, -32768, 0x1234]],
    ['int32', Int32Array, [0, 1, -2147483648, 0x12345678]],
    ['float32', Float32Array, [0, -1.5, 3.4028234663852886e38, 2 ** -149]],
    ['float64', Float64Array, [0, -1.5, Math.PI, 1e300]],
  ] as const)('reads %s, plain and compressed, into shared memory', async (element, kind, values) => {
    const bytes = idxBytes(element, [2, 2], values);
    for (const file of [bytes, gzipSync(bytes)]) {
      const { shape, data } = await readIdx(await fileOf(file));
      expect(shape).toEqual([2, 2]);
      expect(data).toBeInstanceOf(kind);
      expect([...data]).toEqual(values);
      expect(data.buffer).toBeInstanceOf(SharedArrayBuffer);
      expect(data.byteLength).toBe(data.buffer.byteLength);
    }
  });

  it('reads bytes laid out by hand', async () => {
    const file = Uint8Array.from([0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 10, 11, 12, 13, 14, 15]);
    expect(await readIdx(await fileOf(file))).toEqual({
      shape: [1, 2, 3],
      data: Uint8Array.of(10, 11, 12, 13, 14, 15),
    });
  });

  it('reads files of many chunks', async () => {
    const values = Uint8Array.from({ length: 3_000_000 }, (_, i) => (i * i) >> 4);
    const bytes = idxBytes('uint8', [3, 1000, 1000], values);
    for (const file of [bytes, gzipSync(bytes, { level: 1 })]) {
      const { data } = await readIdx(await fileOf(file));
      expect(Buffer.compare(data as Uint8Array, values)).toBe(0);
    }
  });

  it('says how long the file is and how long it should be', async () => {
    const path = await fileOf(idxBytes('uint8', [10, 2, 3], counting(60)));
    await truncate(path, 50);
    await expect(readIdx(path)).rejects.toThrow(
      `Given the file ${JSON.stringify(path)} of 50 bytes, holding 50 bytes of IDX; ` +
        'expected 76 bytes for [10, 2, 3] uint8 according to its header. Download the file again',
    );
  });

  it.each<[string, Uint8Array, string]>([
    ['an empty file', Uint8Array.of(), 'ends after 0 bytes of the IDX header'],
    ['half a header', idxBytes('uint8', [10, 2], counting(20)).subarray(0, 7), 'ends after 7 bytes of the IDX header'],
    [
      'trailing bytes',
      Buffer.concat([idxBytes('uint8', [4], counting(4)), Uint8Array.of(0)]),
      'holding 13 bytes of IDX; expected 12 bytes',
    ],
    ['a foreign file', Buffer.from('PK\x03\x04 is a zip'), 'content begins with the bytes 50 4b 03 04'],
    ['an unknown type', Uint8Array.of(0, 0, 0x0a, 1, 0, 0, 0, 1, 0), 'content begins with the bytes 00 00 0a 01'],
    ['no dimensions', Uint8Array.of(0, 0, 8, 0, 7), 'content begins with the bytes 00 00 08 00'],
    ['no elements', idxBytes('uint8', [0, 28, 28], []), 'with the shape [0, 28, 28]'],
    [
      'a shape beyond all numbers',
      Uint8Array.of(0, 0, 14, 4, ...Array<number>(16).fill(255)),
      'shape [4294967295, 4294967295, 4294967295, 4294967295]',
    ],
    [
      'a shape beyond all memory',
      Uint8Array.of(0, 0, 14, 2, 0, 15, 255, 255, 255, 255, 255, 255),
      'holding 12 bytes of IDX; expected 36028762650837012 bytes',
    ],
    ['compressed text', gzipSync('not IDX at all'), 'content begins with the bytes 6e 6f 74 20'],
    [
      'compressed trailing bytes',
      gzipSync(Buffer.concat([idxBytes('uint8', [4], counting(4)), Uint8Array.of(0)])),
      'holding more than 12 bytes of IDX',
    ],
    [
      'a compressed half',
      gzipSync(idxBytes('uint8', [40], counting(20))),
      'holding 28 bytes of IDX; expected 48 bytes',
    ],
    [
      'a second member that is damaged',
      Buffer.concat([gzipSync(idxBytes('uint8', [4], counting(2))), gzipSync(counting(2)).fill(7, 12, 16)]),
      'cannot be decompressed',
    ],
    ['a compressed half header', gzipSync(Uint8Array.of(0, 0, 8)), 'ends after 3 bytes of the IDX header'],
    ['only the magic of gzip', Uint8Array.of(0x1f, 0x8b), 'cannot be decompressed'],
    [
      'bytes behind gzip',
      Buffer.concat([gzipSync(idxBytes('uint8', [4], counting(4))), counting(9)]),
      'other data follows its first 32 bytes',
    ],
  ])('refuses %s', async (_, bytes, message) => {
    const error = await errorOf(bytes);
    expect(error.code).toBe('CONVOY_FILE_FORMAT');
    expect(error.message).toContain(message);
  });

  it('refuses a compressed file whose header and length claim more than the file can hold', async () => {
    // Long enough that the header is checked before gzip reaches the end and finds that the length is wrong.
    const bytes = gzipSync(idxBytes('uint8', [2 ** 31], new Uint8Array(3_000_000)));
    bytes.writeUInt32LE(2 ** 31 + 8, bytes.length - 4);
    const error = await errorOf(bytes);
    expect(error.code).toBe('CONVOY_FILE_FORMAT');
    expect(error.message).toContain(`holding at most ${1032 * bytes.length} bytes of IDX; expected 2147483656 bytes`);
  });

  it('reads gzip files of several members, with an empty last one and zeros behind it', async () => {
    const plain = idxBytes('uint8', [3, 2, 2], counting(12));
    const cut = (...at: number[]) => [0, ...at].map((start, i) => gzipSync(plain.subarray(start, at[i])));
    for (const file of [
      Buffer.concat(cut(3, 9)),
      Buffer.concat([...cut(20), gzipSync('')]),
      Buffer.concat([...cut(), new Uint8Array(3)]),
      Buffer.concat([...cut(1, 2, 3), gzipSync(''), new Uint8Array(3 * 2 ** 20)]),
    ]) {
      expect(await readIdx(await fileOf(file))).toEqual({ shape: [3, 2, 2], data: counting(12) });
    }
  });

  it('stops at the size that a header promises', async () => {
    const bomb = Buffer.alloc(2 ** 26);
    bomb.set(idxBytes('uint8', [4], counting(4)));
    const before = process.memoryUsage();
    const error = await errorOf(gzipSync(bomb, { level: 1 }));
    const after = process.memoryUsage();
    expect(error.message).toContain('holding more than 12 bytes of IDX; expected 12 bytes for [4] uint8');
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(16 * 2 ** 20);
  });

  it('distinguishes missing files and directories from wrong ones', async () => {
    await expect(readIdx(join(directory, 'absent'))).rejects.toMatchObject({ code: 'CONVOY_FILE_NOT_FOUND' });
    await mkdir(join(directory, 'sub'));
    const pipe = join(directory, 'pipe');
    execFileSync('mkfifo', [pipe]);
    for (const path of [join(directory, 'sub'), '/dev/zero', pipe]) {
      await expect(readIdx(path)).rejects.toMatchObject({ code: 'CONVOY_FILE_UNREADABLE' });
    }
  });

  it('refuses truncation at every length', async () => {
    const plain = idxBytes('int16', [3, 5], counting(15));
    for (const file of [plain, gzipSync(plain)]) {
      for (let length = 0; length < file.length; length++) {
        const error = await errorOf(file.subarray(0, length));
        expect(error.code, `${length} of ${file.length} bytes`).toBe('CONVOY_FILE_FORMAT');
      }
    }
  });

  it('survives any damage: it reads an array no larger than the file allows, or throws a ConvoyError', async () => {
    const plain = idxBytes('float32', [2, 3, 5], counting(30));
    const flips = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 4 });
    const damage = fc.tuple(fc.boolean(), flips, fc.nat({ max: 8 }), fc.uint8Array({ maxLength: 8 }));
    await fc.assert(
      fc.asyncProperty(damage, async ([compressed, flips, cut, tail]) => {
        const file = Uint8Array.from(compressed ? gzipSync(plain) : plain);
        for (const [position, mask] of flips) {
          // Half of the flips hit the header, where they have the greatest effect.
          const at = position % 2 === 0 ? position % 16 : position % file.length;
          file[at] = (file[at] as number) ^ mask;
        }
        const bytes = Buffer.concat([file.subarray(0, file.length - cut), tail]);
        const before = process.memoryUsage().arrayBuffers;
        const result = await readIdx(await fileOf(bytes)).catch((error: unknown) => error);
        expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 2 ** 20);
        if (result instanceof ConvoyError) return;
        expect(result).toMatchObject({ shape: expect.any(Array) });
        expect((result as { data: Uint8Array }).data.byteLength).toBeLessThan(1032 * bytes.length);
      }),
      { numRuns: 400 },
    );
  });
});
