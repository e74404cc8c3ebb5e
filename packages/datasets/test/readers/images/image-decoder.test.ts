// Images of many kinds, written by Pillow, have the pixels that Pillow finds in them.
import { readFileSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { ImageDecoder } from '../../../src/readers/images/image-decoder.ts';
import { pngOf } from './png-bytes.ts';

const folder = new URL('../../golden/images/', import.meta.url);
const expected: Record<string, { shape: [number, number, number]; pixels: number[] }> = JSON.parse(
  readFileSync(new URL('expected.json', folder), 'utf8'),
);
const decoder = await ImageDecoder.open();
const fileOf = (name: string) => readFileSync(new URL(name, folder));

/** Decoders of JPEG round differently; CMYK becomes RGB without a profile in one decoder, and with one in the other. */
const tolerance = (name: string) => (name === 'cmyk.jpg' ? 90 : name.endsWith('.jpg') ? 3 : 0);

describe.each(Object.entries(expected))('%s', (name, { shape, pixels }) => {
  const [height, width] = shape;

  it('has the size and the pixels', async () => {
    const file = fileOf(name);
    expect(await decoder.sizeOf(file, name)).toEqual([height, width]);
    const into = new Uint8Array(3 * height * width);
    await decoder.decode(file, { channels: 3, height, width, fit: undefined }, name, into);
    const area = height * width;
    const differences = Array.from(
      into,
      (value, i) => value - (pixels[(i % area) * 3 + Math.floor(i / area)] as number),
    );
    expect(Math.max(...differences.map(Math.abs))).toBeLessThanOrEqual(tolerance(name));
  });

  it('is refused in another size, unless it is fitted, and damaged', async () => {
    const file = fileOf(name);
    const into = new Uint8Array(3 * 20 * 10);
    const form = { channels: 3, height: 20, width: 10 } as const;
    await expect(decoder.decode(file, { ...form, fit: undefined }, name, into)).rejects.toMatchObject({
      code: 'CONVOY_FILE_FORMAT',
      given: `the image "${name}" of height ${height} and width ${width}`,
    });
    for (const fit of ['cover', 'contain', 'fill'] as const) await decoder.decode(file, { ...form, fit }, name, into);
    const cut = file.subarray(0, Math.floor(file.length * 0.4));
    await expect(decoder.decode(cut, { ...form, fit: 'fill' }, 'cut', into)).rejects.toMatchObject({
      code: 'CONVOY_FILE_FORMAT',
      given: expect.stringMatching(/^the file "cut", which cannot be decoded/),
    });
  });
});

it('an empty file is refused', async () => {
  const form = { channels: 3, height: 2, width: 2, fit: 'fill' } as const;
  const refusal = { code: 'CONVOY_FILE_FORMAT', given: expect.stringMatching(/^the file "empty", which cannot/) };
  await expect(decoder.decode(Buffer.alloc(0), form, 'empty', new Uint8Array(12))).rejects.toMatchObject(refusal);
  await expect(decoder.sizeOf(Buffer.alloc(0), 'empty')).rejects.toMatchObject(refusal);
});

it('gray samples have the luminance of colors', async () => {
  const pixels = Uint8Array.from([255, 0, 0, 0, 255, 0, 0, 0, 255, 90, 90, 90]);
  const file = await sharp(pixels, { raw: { height: 1, width: 4, channels: 3 } })
    .png()
    .toBuffer();
  const into = new Uint8Array(4);
  await decoder.decode(file, { channels: 1, height: 1, width: 4, fit: undefined }, 'colors', into);
  // The luminance of sRGB, gamma-encoded: 0.2126 of red light is a brightness of 0.4985.
  expect([...into].map((value, i) => Math.abs(value - [127, 220, 76, 90][i]!) <= 1)).toEqual([true, true, true, true]);
});

it('a file that promises too many pixels is refused before it is decoded', async () => {
  const file = pngOf([8, 2, 0, 0, 0], 100_000, 100_000, deflateSync(new Uint8Array(1e6)));
  const into = new Uint8Array(3 * 4);
  const form = { channels: 3, height: 2, width: 2, fit: 'fill' } as const;
  await expect(decoder.decode(file, form, 'bomb.png', into)).rejects.toMatchObject({ code: 'CONVOY_FILE_FORMAT' });
});
