import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type NpyOptions, npy } from '../../src/index.ts';
import { goldenFile } from '../golden-file.ts';
import { temporaryFiles } from '../temporary-files.ts';

const files = temporaryFiles();
const images = goldenFile('images.npy');
const labels = goldenFile('labels.npy');

/** A file of version 1.0 with this literal. */
function npyBytes(literal: string, data: Uint8Array = new Uint8Array()): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16LE(literal.length);
  return Buffer.concat([Buffer.from('\x93NUMPY\x01\x00', 'latin1'), length, Buffer.from(literal, 'latin1'), data]);
}

const literalOf = (descr: string, shape: string, order = 'False') =>
  `{'descr': ${descr}, 'fortran_order': ${order}, 'shape': ${shape}, }`;

const errorOf = (options: object) =>
  npy(options as NpyOptions).then(
    () => expect.unreachable(),
    (error: unknown) => error,
  );

describe('npy', () => {
  it('reads images with the channels last, as NumPy has written them', async () => {
    const data = await npy({ inputs: images, labels, layout: 'NHWC' });
    expect(data).toMatchObject({
      length: 5,
      sampleShape: [3, 2, 3],
      targets: { kind: 'labels', labels: Int32Array.of(4, 0, 1, 2, 3), classes: 5, shape: [] },
      normalization: { scale: [1 / 255, 1 / 255, 1 / 255] },
    });
    // Element [n, h, w, c] of the file is 18 n + 9 h + 3 w + c.
    const planes = [0, 1, 2].flatMap((c) => [0, 1].flatMap((h) => [0, 1, 2].map((w) => 9 * h + 3 * w + c)));
    const expected = [0, 1, 2, 3, 4].flatMap((n) => planes.map((element) => 18 * n + element));
    expect(data.source.samples).toEqual(Uint8Array.from(expected));
    expect(data.source.samples.buffer).toBeInstanceOf(SharedArrayBuffer);
  });

  it('reads images with the channels first, in all versions of the format and compressed', async () => {
    const compressed = await files.of(gzipSync(await readFile(images)));
    for (const inputs of [images, goldenFile('images-v2.npy'), goldenFile('images-v3.npy'), compressed]) {
      const data = await npy({ inputs, labels, layout: 'NCHW', classes: 7 });
      expect(data).toMatchObject({ sampleShape: [2, 3, 3], targets: { classes: 7 } });
      expect(data.source.samples).toEqual(Uint8Array.from({ length: 90 }, (_, i) => i));
    }
  });

  it('reads values in Fortran order, and names of classes', async () => {
    const values = goldenFile('values-fortran.npy');
    const { targets } = await npy({ inputs: images, values, layout: 'NHWC' });
    const expected = Float32Array.from({ length: 10 }, (_, i) => -1 + (2 * i) / 9);
    expect(targets).toMatchObject({ kind: 'values', shape: [2], values: { length: 10 } });
    for (const [i, value] of expected.entries()) {
      expect(targets.kind === 'values' && targets.values[i]).toBeCloseTo(value, 6);
    }
    const classNames = ['a', 'b', 'c', 'd', 'e', 'f'];
    const named = await npy({ inputs: values, labels, classNames });
    expect(named).toMatchObject({ sampleShape: [2], targets: { classes: 6, classNames } });
  });

  it('puts every element where it belongs, for any shape, order and layout', async () => {
    const extents = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 4, maxLength: 6 });
    const layouts = fc.constantFrom('NCHW' as const, 'NHWC' as const);
    await fc.assert(
      fc.asyncProperty(extents, fc.boolean(), layouts, async (shape, isFortran, layout) => {
        const size = shape.reduce((product, extent) => product * extent, 1);
        const literal = literalOf("'<u2'", `(${shape.join(', ')})`, isFortran ? 'True' : 'False');
        const data = new Uint8Array(Uint16Array.from({ length: size }, (_, i) => i).buffer);
        const inputs = await files.of(npyBytes(literal, data), 'any.npy');
        const values = await files.of(
          npyBytes(literalOf("'|u1'", `(${shape[0]},)`), data.subarray(0, shape[0])),
          'values',
        );
        const { source, sampleShape } = await npy({ inputs, values, layout });

        // The element at the indices [n, …] of the array is the number of its place in the file.
        const inFile = (indices: readonly number[]) =>
          (isFortran ? indices.map((_, d) => d).toReversed() : indices.map((_, d) => d)).reduce(
            (place, d) => place * (shape[d] as number) + (indices[d] as number),
            0,
          );
        const moved = (list: readonly number[]) => [...list.slice(0, 1), ...list.slice(-1), ...list.slice(1, -1)];
        const stored = layout === 'NHWC' ? moved(shape) : shape;
        expect(sampleShape).toEqual(stored.slice(1));
        const expected = Array.from({ length: size }, (_, position) => {
          const indices = stored.toReversed().map((extent, i, all) => {
            const stride = all.slice(0, i).reduce((product, one) => product * one, 1);
            return Math.floor(position / stride) % extent;
          });
          const [n = 0, channel = 0, ...rest] = indices.toReversed();
          return inFile(layout === 'NHWC' ? [n, ...rest, channel] : [n, channel, ...rest]);
        });
        expect([...source.samples]).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });

  it('reads float16 as NumPy does', async () => {
    const halves = goldenFile('halves.npy');
    const floats = goldenFile('halves-as-floats.npy');
    const { source, targets } = await npy({ inputs: halves, values: floats });
    expect(source.samples).toEqual(targets.kind === 'values' && targets.values);
    expect(source.samples[3]).toBe(65504);
    expect(await errorOf({ inputs: goldenFile('not-finite.npy'), values: floats })).toMatchObject({
      code: 'CONVOY_NOT_FINITE',
      given: expect.stringMatching(/^Infinity in the inputs, number 0 of sample 1, from the file ".*not-finite.npy"/),
    });
  });

  it('keeps numbers exact, or refuses them', async () => {
    const integers = (...numbers: bigint[]) => new Uint8Array(BigInt64Array.from(numbers).buffer);
    const fileOf = (...numbers: bigint[]) =>
      files.of(npyBytes(literalOf("'<i8'", `(${numbers.length},)`), integers(...numbers)));
    const exact = await npy({ inputs: await fileOf(-(2n ** 24n), 2n ** 40n), values: await fileOf(0n, 2n ** 24n) });
    expect(exact).toMatchObject({
      sampleShape: [1],
      source: { samples: Float32Array.of(-(2 ** 24), 2 ** 40) },
      targets: { values: Float32Array.of(0, 2 ** 24), shape: [1] },
    });
    for (const number of [2n ** 24n + 1n, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n)]) {
      const inputs = await fileOf(7n, number);
      expect(await errorOf({ inputs, values: inputs })).toMatchObject({
        code: 'CONVOY_INVALID_DATA',
        given: expect.stringMatching(
          /^the int64 number -?\d+ at index 1 of the file ".*" of .* bytes, which has the shape \[2\]$/,
        ),
      });
    }
    for (const number of [2n ** 31n, 2n ** 53n + 1n, -(2n ** 31n) - 1n]) {
      expect(await errorOf({ inputs: images, labels: await fileOf(7n, number), layout: 'NHWC' })).toMatchObject({
        code: 'CONVOY_INVALID_LABEL',
        given: expect.stringContaining(`at index 1 of the file`),
      });
    }
  });

  it('names the file of wrong numbers', async () => {
    const floats = (...numbers: number[]) => new Uint8Array(Float64Array.from(numbers).buffer);
    const inputs = await files.of(npyBytes(literalOf("'<f8'", '(2,)'), floats(1, 1e300)));
    const values = await files.of(npyBytes(literalOf("'<f8'", '(2,)'), floats(1, Number.NaN)));
    const good = await files.of(npyBytes(literalOf("'<f8'", '(2,)'), floats(0, 1)));
    const negative = await files.of(npyBytes(literalOf("'<f8'", '(2,)'), floats(0, -1)));
    const half = await files.of(npyBytes(literalOf("'<f8'", '(2,)'), floats(0, 0.5)));
    const truth = await files.of(npyBytes(literalOf("'|b1'", '(2,)'), Uint8Array.of(1, 2)));
    for (const [options, code, file] of [
      [{ inputs, values: good }, 'CONVOY_NOT_FINITE', inputs],
      [{ inputs: good, values }, 'CONVOY_NOT_FINITE', values],
      [{ inputs: good, labels: negative }, 'CONVOY_INVALID_LABEL', negative],
      [{ inputs: good, labels: half }, 'CONVOY_INVALID_LABEL', half],
      [{ inputs: truth, values: good }, 'CONVOY_FILE_FORMAT', truth],
      [{ inputs: good, labels: good, classes: 1 }, 'CONVOY_INVALID_LABEL', good],
      [{ inputs: good, labels }, 'CONVOY_INVALID_DATA', labels],
    ] as const) {
      expect(await errorOf(options)).toMatchObject({ code, given: expect.stringContaining(JSON.stringify(file)) });
    }
  });

  it.each<[string, object, string, string]>([
    [
      'one-hot labels',
      { inputs: images, labels: goldenFile('values-fortran.npy') },
      'CONVOY_INVALID_DATA',
      '[5, 2] in',
    ],
    ['no targets', { inputs: images }, 'CONVOY_INVALID_OPTION', 'neither labels nor values'],
    ['two kinds of targets', { inputs: images, labels, values: labels }, 'CONVOY_INVALID_OPTION', 'both labels and'],
    ['classes of values', { inputs: images, values: labels, classes: 3 }, 'CONVOY_INVALID_OPTION', 'classes or classN'],
    ['no layout', { inputs: images, labels }, 'CONVOY_INVALID_OPTION', 'no layout for the file'],
    ['another layout', { inputs: images, labels, layout: 'HWC' }, 'CONVOY_INVALID_OPTION', 'layout: "HWC"'],
    ['an unknown option', { inputs: images, label: labels }, 'CONVOY_INVALID_OPTION', 'the option "label"'],
    ['a directory', { inputs: images, labels: goldenFile('') }, 'CONVOY_FILE_UNREADABLE', 'which is a directory'],
    ['a missing file', { inputs: images, labels: '/no/file.npy' }, 'CONVOY_FILE_NOT_FOUND', '"/no/file.npy"'],
    ['texts', { inputs: images, labels: goldenFile('texts.npy') }, 'CONVOY_FILE_FORMAT', "of the type '<U1'"],
    ['records', { inputs: images, labels: goldenFile('records.npy') }, 'CONVOY_FILE_FORMAT', "of the type [('x'"],
  ])('refuses %s', async (_, options, code, given) => {
    expect(await errorOf(options)).toMatchObject({ code, given: expect.stringContaining(given) });
  });

  it.each<[string, Uint8Array, string]>([
    ['an empty file', Uint8Array.of(), 'ends after 0 bytes of the npy header'],
    ['another file', Buffer.from('PK\x03\x04 is a zip'), 'content begins with the bytes 504b0304'],
    ['version 4', Buffer.from('\x93NUMPY\x04\x00', 'latin1'), 'content begins with the bytes 934e554d50590400'],
    ['a giant header', Buffer.from('\x93NUMPY\x02\x00\xff\xff\xff\xff', 'latin1'), 'an npy header of 4294967295 bytes'],
    ['half a header', npyBytes(literalOf("'<f4'", '(3,)')).subarray(0, 30), 'ends after 30 bytes of the npy header'],
    ['no elements', npyBytes(literalOf("'<f4'", '(3, 0)')), 'with the shape [3, 0]'],
    ['no dimensions', npyBytes(literalOf("'<f4'", '()'), new Uint8Array(4)), 'with the shape []'],
    ['half of the elements', npyBytes(literalOf("'<f4'", '(4,)'), new Uint8Array(8)), 'bytes of npy'],
    ['too many elements', npyBytes(literalOf("'<f4'", '(4,)'), new Uint8Array(17)), 'bytes of npy'],
    ['a giant shape', npyBytes(literalOf("'<f8'", '(9007199254740991,)'), new Uint8Array(8)), 'bytes of npy'],
    ['overflowing extents', npyBytes(literalOf("'<f8'", '(4294967296, 4294967296)')), 'with the shape [4294967296'],
    ['an extent beyond 2^53', npyBytes(literalOf("'<f8'", '(99999999999999999999,)')), 'with the shape [1000000'],
    ['100 dimensions', npyBytes(literalOf("'<f8'", `(${'1, '.repeat(100)})`)), 'with the npy header "{'],
    ['a number as shape', npyBytes(literalOf("'<f4'", '(3)')), 'with the npy header "{'],
    ['a negative extent', npyBytes(literalOf("'<f4'", '(-3,)')), 'with the npy header "{'],
    ['code', npyBytes(literalOf("'<f4'", '(open("x"),)')), 'with the npy header "{'],
    ['digits that no comma separates', npyBytes(literalOf("'<f4'", `(1,${'1'.repeat(9000)}x)`)), 'with the npy header'],
    ['deep brackets', npyBytes(literalOf("'<f4'", '('.repeat(9000))), 'with the npy header "{'],
    ['a missing key', npyBytes("{'descr': '<f4', 'shape': (3,)}"), 'with the npy header "{'],
    ['a key twice', npyBytes("{'descr': '<f4', 'descr': '<f4', 'shape': (3,)}"), 'with the npy header "{'],
    ['an unknown key', npyBytes(`${literalOf("'<f4'", '(3,)').slice(0, -1)}'x': 1}`), 'with the npy header "{'],
    ['no dictionary', npyBytes('[]'), 'with the npy header "[]"'],
    ['another order', npyBytes(literalOf("'<f4'", '(3,)', '1')), 'with the npy header "{'],
    ['complex numbers', npyBytes(literalOf("'<c8'", '(3,)')), "of the type '<c8'"],
    ['objects', npyBytes(literalOf("'|O'", '(3,)')), "of the type '|O'"],
    ['an unknown order of bytes', npyBytes(literalOf("'|f4'", '(3,)')), "of the type '|f4'"],
  ])('refuses a file with %s', async (_, bytes, given) => {
    const path = await files.of(bytes);
    const error = await errorOf({ inputs: images, labels: path, layout: 'NHWC' });
    expect(error).toMatchObject({ code: 'CONVOY_FILE_FORMAT', given: expect.stringContaining(given) });
    expect(error).toMatchObject({ given: expect.stringContaining(JSON.stringify(path)) });
  });

  it('reads headers as Python 2 and other programs write them', async () => {
    const data = new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer);
    for (const literal of [
      "{'shape': (4L,), 'fortran_order': False, 'descr': '<f4'}",
      '{"descr":"<f4","fortran_order":True,"shape":(4,),}   \n',
      "{'descr': '<f4', 'fortran_order': False, 'shape': (4, 1)}",
    ]) {
      const path = await files.of(npyBytes(literal, data));
      expect((await npy({ inputs: path, values: path })).source.samples).toEqual(Float32Array.of(1, 2, 3, 4));
    }
  });
});
