// Plain PNG files have the pixels that sharp finds in them; all others are left to it.
import { deflateSync } from 'node:zlib';
import { RandomStream } from '@convoy/tensor';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { decodePlainPng } from '../../../src/readers/images/plain-png.ts';
import { pngOf } from './png-bytes.ts';

const random = new RandomStream(1, 'pixels');

/** Pixels (height, width, channels): gradients with noise, so that encoders choose all filters. */
function pixels(height: number, width: number, channels: number): Uint8Array {
  return Uint8Array.from({ length: height * width * channels }, (_, i) => {
    const x = Math.floor(i / channels) % width;
    const y = Math.floor(i / channels / width);
    return (x * 7 + y * 5 * (1 + (i % channels)) + 12 * random.uniform(i)) & 255;
  });
}

const encode = (data: Uint8Array, height: number, width: number, channels: 1 | 2 | 3 | 4, options = {}) =>
  sharp(data, { raw: { height, width, channels } })
    .toColourspace(channels < 3 ? 'b-w' : 'srgb')
    .png({ adaptiveFiltering: true, ...options })
    .toBuffer();

/** (channels, height, width), as sharp decodes them. */
async function planes(file: Buffer, channels: 1 | 3): Promise<Uint8Array> {
  const { data, info } = await sharp(file)
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  const area = info.width * info.height;
  return Uint8Array.from(
    { length: channels * area },
    (_, i) => data[(i % area) * info.channels + Math.floor(i / area)] as number,
  );
}

function decode(file: Buffer, height: number, width: number, channels: 1 | 3): Uint8Array | undefined {
  const into = new Uint8Array(channels * height * width);
  return decodePlainPng(file, into, { channels, height, width }) ? into : undefined;
}

describe('a plain PNG', () => {
  it.each([
    [28, 28, 1, 1],
    [28, 28, 1, 3],
    [32, 32, 3, 3],
    [1, 1, 3, 3],
    [7, 13, 3, 3],
    [64, 3, 1, 1],
    [200, 150, 3, 3],
  ] as const)('of %d×%d pixels with %d channels is decoded to %d', async (height, width, stored, channels) => {
    for (const options of [{}, { compressionLevel: 0 }, { adaptiveFiltering: false }]) {
      const file = await encode(pixels(height, width, stored), height, width, stored, options);
      expect(decode(file, height, width, channels)).toEqual(await planes(file, channels));
    }
  });

  it.each([0, 1, 2, 3, 4])('may have lines with filter %d', async (filter) => {
    const [height, width] = [9, 11];
    const lines = pixels(height, 1 + 3 * width, 1);
    for (let y = 0; y < height; y++) lines[y * (1 + 3 * width)] = filter;
    const file = pngOf([8, 2, 0, 0, 0], height, width, deflateSync(lines));
    expect(decode(file, height, width, 3)).toEqual(await planes(file, 3));
  });
});

describe('any other file is left to sharp', () => {
  const [height, width] = [6, 5];
  const gray = pixels(height, width, 1);
  it('with transparency, a palette, 16 bits, interlacing, a profile, or another size', async () => {
    const files = [
      await encode(pixels(height, width, 2), height, width, 2),
      await encode(pixels(height, width, 4), height, width, 4),
      await encode(pixels(height, width, 3), height, width, 3, { palette: true }),
      await sharp(gray, { raw: { height, width, channels: 1 } })
        .toColourspace('grey16')
        .png()
        .toBuffer(),
      await encode(gray, height, width, 1, { progressive: true }),
      await sharp(pixels(height, width, 3), { raw: { height, width, channels: 3 } })
        .withIccProfile('p3')
        .png()
        .toBuffer(),
      await encode(pixels(6, 6, 1), 6, 6, 1),
      await sharp(gray, { raw: { height, width, channels: 1 } })
        .jpeg()
        .toBuffer(),
    ];
    for (const file of files) expect(decode(file, height, width, 3)).toBeUndefined();
    expect(decode(await encode(pixels(height, width, 3), height, width, 3), height, width, 1)).toBeUndefined();
  });

  it('if it is damaged anywhere', async () => {
    const file = await encode(gray, height, width, 1);
    const expected = decode(file, height, width, 1);
    expect(expected).toBeDefined();
    for (let i = 0; i < file.length; i++) {
      const damaged = Buffer.from(file);
      damaged[i] = (damaged[i] as number) ^ 4;
      expect(decode(damaged, height, width, 1), `byte ${i}`).toBeUndefined();
      expect(decode(file.subarray(0, i), height, width, 1), `${i} bytes`).toBeUndefined();
    }
  });

  it('if it would inflate to more, or has an unknown filter', () => {
    const bomb = pngOf([8, 0, 0, 0, 0], height, width, deflateSync(new Uint8Array(1e7)));
    expect(decode(bomb, height, width, 1)).toBeUndefined();
    const lines = new Uint8Array(height * (1 + width)).fill(5);
    expect(decode(pngOf([8, 0, 0, 0, 0], height, width, deflateSync(lines)), height, width, 1)).toBeUndefined();
  });
});
