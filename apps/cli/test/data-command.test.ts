// `convoy data`: what it prints of a data set, and the contact sheet that it writes.
import { copyFileSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mnist, type StoredDataset, take } from '@convoy/datasets';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { exportImages } from '../../../test/campaigns/image-export.ts';
import { convoy, temporaryDirectory } from './convoy.ts';

const root = temporaryDirectory();
const photos = join(root, 'photos');

beforeAll(async () => {
  const digits: StoredDataset = take((await mnist()).train, 100);
  await exportImages(digits, join(photos, 'train'), 100);
  await exportImages(digits, join(photos, 'test'), 40);
  // The first sample of MNIST is a 5.
  copyFileSync(join(photos, 'train/5/00000.png'), join(photos, 'test/0/again.png'));
  writeFileSync(join(photos, 'train/3/broken.png'), 'no image');
});

describe('convoy data', () => {
  it('prints parts, classes, channels, broken files and samples in several parts', async () => {
    const { code, stdout, stderr } = await convoy('data', photos, '--channels', '1');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^test +41 +\[1, 28, 28\]$/m);
    expect(stdout).toMatch(/^train +100 +\[1, 28, 28\]$/m);
    expect(stdout).toMatch(/^class +t\w+ +t\w+$/m);
    expect(stdout).toMatch(/^channel +mean +std$/m);
    expect(stdout).toMatch(/^0 +0\.1\d{3} +0\.3\d{3}$/m);
    expect(stdout).toContain('1 files that cannot be read:\n  train/3/broken.png: the file');
    expect(stdout).toMatch(/^40 samples occur in several parts:$/m);
    expect(stdout).toMatch(/and 30 more/);
  });

  it('knows the data sets that have a name', async () => {
    const { stdout } = await convoy('data', 'mnist');
    expect(stdout).toMatch(/^train +60,000 +\[1, 28, 28\]$/m);
    expect(stdout).toMatch(/^0 +0\.1307 +0\.3081$/m);
    expect(stdout).toContain('No sample occurs in several parts.');
  });

  it('writes a contact sheet', async () => {
    const sheet = join(root, 'sheet.png');
    const augment = fileURLToPath(new URL('modules/augment.ts', import.meta.url));
    const { code, stdout } = await convoy('data', photos, '--sheet', sheet, '--augment', augment, '--seed', '3');
    expect(code).toBe(0);
    expect(stdout).toContain(`Contact sheet: ${sheet}`);
    const { width, height, channels } = await sharp(sheet).metadata();
    // Nine columns and eight rows of samples of twice their size.
    expect(width).toBeGreaterThanOrEqual(9 * 56);
    expect(height).toBeGreaterThanOrEqual(8 * 56);
    expect(channels).toBe(3);
  });

  it.each<[args: readonly string[], code: string, message: string]>([
    [[], 'CONVOY_INVALID_OPTION', 'without <set>'],
    [['nothing'], 'CONVOY_UNKNOWN_NAME', 'neither a name nor a path'],
    [[photos, '--sheet', 'sheet.jpg'], 'CONVOY_INVALID_OPTION', 'ends with .png'],
    [[photos, '--sheet', join(root, 'no/sheet.png')], 'CONVOY_FILE_UNWRITABLE', 'sheet.png'],
    [[photos, '--image-size', 'big'], 'CONVOY_INVALID_OPTION', 'convoy data --help lists all options'],
    [[photos, '--epochs', '3'], 'CONVOY_INVALID_OPTION', '"--epochs"'],
  ])('%j: %s', async (args, code, message) => {
    const ended = await convoy('data', ...args);
    expect(ended.stderr).toContain(code);
    expect(ended.stderr).toContain(message);
    expect(ended.code).not.toBe(0);
    expect(existsSync('sheet.jpg')).toBe(false);
  });
});

describe('convoy data pack', () => {
  const model = fileURLToPath(new URL('modules/one-layer.ts', import.meta.url));
  const clean = join(root, 'clean');
  const train = (data: string) =>
    convoy('train', model, '--data', data, '--channels', '1', '--epochs', '1', '--json', '--out', join(root, 'out'));
  const hashOf = (stdout: string) => JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '').parametersSha256;

  it('writes files with which training has the same result', async () => {
    const digits: StoredDataset = take((await mnist()).train, 60);
    await exportImages(digits, join(clean, 'train'), 60);
    await exportImages(digits, join(clean, 'test'), 30);
    const file = join(root, 'digits.safetensors');
    const { code, stdout, stderr } = await convoy('data', 'pack', clean, file, '--channels', '1');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/digits\.train\.safetensors .* bytes\n.*digits\.test\.safetensors .* bytes/);
    const [folder, packed] = [await train(clean), await train(file)];
    expect(packed.stderr).toBe('');
    expect(hashOf(packed.stdout)).toBe(hashOf(folder.stdout));
    const again = await convoy('data', 'pack', clean, file);
    expect(again.stderr).toContain('CONVOY_FILE_UNWRITABLE');
    const single = join(root, 'single.safetensors');
    await convoy('data', 'pack', join(clean, 'train'), single, '--channels', '1');
    expect((await convoy('data', single)).stdout).toMatch(/^train +60 +\[1, 28, 28\]$/m);
  });

  it.each<[args: readonly string[], code: string, message: string]>([
    [['pack', photos], 'CONVOY_INVALID_OPTION', 'without <file>'],
    [['pack', photos, 'photos.bin'], 'CONVOY_INVALID_OPTION', 'a path that ends in .safetensors'],
    [['pack', photos, join(root, 'broken.safetensors')], 'CONVOY_FILE_FORMAT', 'broken.png'],
    [[join(root, 'none.safetensors')], 'CONVOY_FILE_NOT_FOUND', 'none.safetensors'],
    [['pack', photos, 'a.safetensors', '--sheet', 'a.png'], 'CONVOY_INVALID_OPTION', '"--sheet"'],
  ])('%j: %s', async (args, code, message) => {
    const ended = await convoy('data', ...args);
    expect(ended.stderr).toContain(code);
    expect(ended.stderr).toContain(message);
    expect(ended.code).not.toBe(0);
  });
});
