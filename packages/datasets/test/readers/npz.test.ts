import { readFile } from 'node:fs/promises';
import { crc32, deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type NpzOptions, npz, type StoredDataset } from '../../src/index.ts';
import { goldenFile } from '../golden-file.ts';
import { temporaryFiles } from '../temporary-files.ts';

const files = temporaryFiles();
const keras = goldenFile('keras.npz');

const errorOf = (path: string, options: NpzOptions = {}) =>
  npz(path, options).then(
    () => expect.unreachable(),
    (error: unknown) => error,
  );

/** A copy of a golden file in which each place of `from` is replaced. */
async function changed(name: string, from: string | Buffer, to: string | Buffer): Promise<string> {
  const hexadecimal = (bytes: string | Buffer) => Buffer.from(bytes as string, 'latin1').toString('hex');
  const before = (await readFile(goldenFile(name))).toString('hex');
  const after = before.replaceAll(hexadecimal(from), hexadecimal(to));
  expect(after).not.toBe(before);
  return files.of(Buffer.from(after, 'hex'));
}

/** A zip file with one deflated entry, whose sizes and checksum are as given. */
function zipBytes(content: Buffer, compressed: Buffer, sizes = { bytes: content.length, checksum: crc32(content) }) {
  const name = Buffer.from('x_train.npy');
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0);
  common.writeUInt16LE(8, 4);
  common.writeUInt32LE(sizes.checksum, 10);
  common.writeUInt32LE(compressed.length, 14);
  common.writeUInt32LE(sizes.bytes, 18);
  common.writeUInt16LE(name.length, 22);
  const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, name, compressed]);
  const entry = Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), common, Buffer.alloc(14), name]);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06');
  end.writeUInt32LE(entry.length, 12);
  end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, entry, end]);
}

describe('npz', () => {
  it.each(['keras.npz', 'keras-compressed.npz', 'zip64.npz'])('reads the arrays of Keras from %s', async (name) => {
    const { train, test, validation } = await npz(goldenFile(name), { layout: 'NHWC' });
    expect(validation).toBeUndefined();
    expect(train).toMatchObject({
      length: 3,
      sampleShape: [3, 2, 3],
      targets: { kind: 'labels', labels: Int32Array.of(2, 0, 1), classes: 4, shape: [] },
    });
    // The split of tests has a class that the split for training lacks.
    expect(test).toMatchObject({ length: 2, targets: { labels: Int32Array.of(3, 0), classes: 4 } });
    expect([...train.source.samples].slice(0, 6)).toEqual([0, 3, 6, 9, 12, 15]);
    expect([...(test as StoredDataset).source.samples].slice(-3)).toEqual([83, 86, 89]);
  });

  it('reads arrays of any names as any split', async () => {
    const splits = await npz(goldenFile('unicode.npz'), {
      train: { inputs: 'Bilder-für-x', labels: 'разметка' },
      validation: { inputs: 'разметка', values: 'Bilder-für-x' },
      layout: 'NCHW',
      classNames: undefined as never,
    });
    expect(Object.keys(splits)).toEqual(['train', 'validation']);
    expect(splits.train).toMatchObject({ sampleShape: [2, 3, 3], targets: { classes: 5 } });
    expect(splits.validation).toMatchObject({ sampleShape: [1], targets: { kind: 'values', shape: [2, 3, 3] } });
  });

  const kinds = ['b1', 'u1', 'i1', 'u2', 'i2', 'u4', 'i4', 'u8', 'i8', 'f2', 'f4', 'f8'];
  it.each(kinds)('reads %s in both orders of bytes and of elements', async (kind) => {
    const numbers = Array.from({ length: 24 }, (_, i) => {
      if (kind === 'b1') return i % 2;
      return kind.startsWith('i') ? i - 5 : kind.startsWith('f') ? i / 4 - 2 : i;
    });
    const isByte = kind === 'u1' || kind === 'b1';
    for (const order of ['little_C', 'little_F', 'big_C', 'big_F']) {
      const { train } = await npz(goldenFile('types.npz'), {
        train: { inputs: `${kind}_${order}`, values: 'targets' },
      });
      expect(train).toMatchObject({ length: 4, sampleShape: [1, 3, 2], normalization: { offset: [0] } });
      expect(train.source.samples, order).toEqual(isByte ? Uint8Array.from(numbers) : Float32Array.from(numbers));
      expect(train.normalization.scale).toEqual([kind === 'u1' ? 1 / 255 : 1]);
      const labelled = await npz(goldenFile('types.npz'), {
        train: { inputs: 'targets', labels: `${kind}_${order}` },
      }).catch((error: unknown) => error);
      // Labels of several pixels; those of the signed types and of floats are negative or no whole numbers.
      if (kind.startsWith('i') || kind.startsWith('f'))
        expect(labelled).toMatchObject({ code: 'CONVOY_INVALID_LABEL' });
      else expect(labelled).toMatchObject({ train: { targets: { labels: { length: 24 }, shape: [3, 2] } } });
    }
  });

  it.each<[string, unknown, string, string]>([
    ['a list of names', { train: ['x', 'y'] }, 'CONVOY_INVALID_OPTION', 'as the options of train'],
    ['no names of training', { test: { inputs: 'a', labels: 'b' } }, 'CONVOY_INVALID_OPTION', 'of test, but not of tr'],
    ['no targets', { train: { inputs: 'x_train' } }, 'CONVOY_INVALID_OPTION', 'neither labels nor values'],
    ['an unknown array', { train: { inputs: 'x', labels: 'y_train' } }, 'CONVOY_UNKNOWN_NAME', 'the array "x", which'],
    ['the name of no array', { train: { inputs: 'a', labels: '' } }, 'CONVOY_INVALID_OPTION', 'labels: ""'],
    ['no layout', {}, 'CONVOY_INVALID_OPTION', 'no layout for "x_train.npy" in the zip file'],
    ['too few classes', { classes: 2, layout: 'NHWC' }, 'CONVOY_INVALID_LABEL', 'the label 2 of sample 0'],
  ])('refuses %s', async (_, options, code, given) => {
    expect(await errorOf(keras, options as NpzOptions)).toMatchObject({ code, given: expect.stringContaining(given) });
  });

  it('lists the arrays of a file without those of Keras', async () => {
    expect(await errorOf(goldenFile('unicode.npz'))).toMatchObject({
      code: 'CONVOY_UNKNOWN_NAME',
      expected: 'one of its 2 arrays: "Bilder-für-x", "разметка"',
    });
  });

  it('refuses a file without arrays', async () => {
    expect(await errorOf(goldenFile('empty.npz'))).toMatchObject({
      code: 'CONVOY_UNKNOWN_NAME',
      expected: 'a file with arrays',
    });
  });

  it.each<[string, () => Promise<string>, string]>([
    ['no zip file', () => files.of('no zip file'), 'which has no directory of a zip file at its end'],
    ['an empty file', () => files.of(''), 'which has no directory of a zip file at its end'],
    ['two entries of one name', () => changed('keras.npz', 'x_test', 'y_test'), 'two entries named "y_test.npy"'],
    [
      'another method',
      () => changed('keras-compressed.npz', '\x08\x00\x00\x00\x21', '\x0c\x00\x00\x00\x21'),
      'method 12',
    ],
    ['a damaged checksum', () => changed('keras.npz', "'<i8'", "'<u8'"), 'with the checksum'],
    ['a damaged entry', () => changed('keras.npz', 'PK\x03\x04', 'PK\x03\x05'), 'is not at'],
    [
      'an entry of another name',
      async () => {
        const bytes = await readFile(keras);
        bytes.write('z', bytes.indexOf('y_train.npy'));
        return files.of(bytes);
      },
      'in which "y_train.npy" is not at',
    ],
    ['another record at the end', () => changed('keras.npz', 'PK\x05\x06', 'PK\x05\x07'), 'has no directory'],
  ])('refuses %s', async (_, make, given) => {
    const path = await make();
    expect(await errorOf(path, { layout: 'NHWC' })).toMatchObject({
      code: 'CONVOY_FILE_FORMAT',
      given: expect.stringMatching(new RegExp(`${JSON.stringify(path)}.*${given}`)),
    });
  });

  it('refuses truncation at every length', async () => {
    const whole = await readFile(goldenFile('keras-compressed.npz'));
    for (let length = 0; length < whole.length; length += 3) {
      const error = await errorOf(await files.of(whole.subarray(0, length), 'truncated.npz'), { layout: 'NHWC' });
      expect(error, `${length} bytes`).toMatchObject({ code: 'CONVOY_FILE_FORMAT' });
    }
  });

  it('stops at the size that a header promises', async () => {
    const bomb = Buffer.alloc(2 ** 27);
    const literal = "{'descr': '|u1', 'fortran_order': False, 'shape': (4,), }";
    bomb.write(`\x93NUMPY\x01\x00${String.fromCharCode(literal.length)}\x00${literal}`, 'latin1');
    const compressed = deflateRawSync(bomb);
    const header = 10 + literal.length;
    const train = { inputs: 'x_train', labels: 'x_train' };
    const before = process.memoryUsage().arrayBuffers;
    for (const [bytes, given] of [
      [bomb.length, `holding ${bomb.length} bytes of npy`],
      [header + 4, `or more`],
      [2 ** 31, 'for 2147483648 bytes'],
    ] as const) {
      const path = await files.of(zipBytes(bomb, compressed, { bytes, checksum: 0 }));
      expect(await errorOf(path, { train })).toMatchObject({
        code: 'CONVOY_FILE_FORMAT',
        given: expect.stringContaining(given),
      });
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 25);
    }
  });
});
