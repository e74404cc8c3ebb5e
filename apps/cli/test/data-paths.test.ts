// `convoy train --data <path>`: what files hold, how they are divided, and which options they take.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mnist, type StoredDataset, take } from '@convoy/datasets';
import { beforeAll, describe, expect, it } from 'vitest';
import { exportImages } from '../../../test/campaigns/image-export.ts';
import { convoy, type Ended, temporaryDirectory } from './convoy.ts';

const root = temporaryDirectory();
const golden = fileURLToPath(new URL('../../../packages/datasets/test/golden/', import.meta.url));
const photos = join(root, 'photos');
const parts = join(root, 'parts');
const model = fileURLToPath(new URL('modules/one-layer.ts', import.meta.url));
const augment = fileURLToPath(new URL('modules/augment.ts', import.meta.url));

beforeAll(async () => {
  const digits: StoredDataset = take((await mnist()).train, 200);
  await exportImages(digits, photos, 200);
  await exportImages(digits, join(parts, 'train'), 120);
  await exportImages(digits, join(parts, 'test'), 60);
});

const train = (data: string, ...more: readonly string[]): Promise<Ended> =>
  convoy('train', model, '--data', data, '--epochs', '2', '--json', '--out', join(root, 'out'), ...more);

const eventsOf = ({ stdout }: Ended) =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('a path', () => {
  it('of a folder of images is trained on nine tenths of the images, and tested on the others', async () => {
    const ended = await train(photos, '--channels', '1');
    expect(ended.stderr).toBe('');
    const [start] = eventsOf(ended);
    expect(start).toMatchObject({ data: photos, trainSamples: 180, testSamples: 20, parameters: 7850 });
    const done = eventsOf(ended).at(-1);
    const again = eventsOf(await train(photos, '--channels', '1', '--workers', '1', '--data-format', 'image-folder'));
    expect(again.at(-1).parametersSha256).toBe(done.parametersSha256);
  });

  it('of a folder with parts is tested on its part, unless a split is requested', async () => {
    const [start] = eventsOf(await train(parts, '--image-size', '10x12'));
    expect(start).toMatchObject({ trainSamples: 120, testSamples: 60, parameters: 3 * 10 * 12 * 10 + 10 });
    const [split] = eventsOf(await train(parts, '--image-size', '8', '--validation-split', '0.25'));
    expect(split).toMatchObject({ trainSamples: 90, testSamples: 30, parameters: 3 * 8 * 8 * 10 + 10 });
  });

  it('of a table or an archive is recognized by its name', async () => {
    const table = join(root, 'table.CSV');
    const rows = Array.from({ length: 40 }, (_, i) => `${i},${40 - i},${i % 2 ? 'odd' : 'even'}`);
    writeFileSync(table, ['up,down,parity', ...rows].join('\n'));
    const [csv] = eventsOf(await train(table, '--label-column', 'parity'));
    expect(csv).toMatchObject({ trainSamples: 36, testSamples: 4, parameters: 2 * 2 + 2 });
    const tar = eventsOf(await train(join(golden, 'photos-pax.tar'), '--validation-split', '0.5'));
    expect(tar[0]).toMatchObject({ trainSamples: 1, testSamples: 1 });
    const parquet = eventsOf(await train(join(golden, 'hub.parquet'), '--validation-split', '0.4'));
    expect(parquet.at(-1).event).toBe('done');
    const npz = eventsOf(await train(join(golden, 'keras.npz')));
    expect(npz[0]).toMatchObject({ trainSamples: 3 });
    expect(npz.at(-1).event).toBe('done');
  });

  it('has the names of its classes in the report', async () => {
    const { stdout, stderr } = await convoy(
      ...['train', model, '--data', photos, '--channels', '1', '--epochs', '1', '--class-report'],
      ...['--out', join(root, 'out')],
    );
    expect(stderr).toBe('');
    expect(stdout).toMatch(/\n7 +\d/);
  });

  it('has a summary of the model for its samples', async () => {
    const { stdout } = await convoy('summary', model, '--data', photos);
    expect(stdout).toContain('3, 28, 28');
  });
});

describe('--augment', () => {
  it('changes the samples: in the standard way, or as a module says', async () => {
    const plain = eventsOf(await train(photos)).at(-1);
    const standard = eventsOf(await train(photos, '--augment', 'standard')).at(-1);
    const own = eventsOf(await train(photos, '--augment', augment)).at(-1);
    expect(standard.parametersSha256).not.toBe(plain.parametersSha256);
    expect(own.parametersSha256).toBe(standard.parametersSha256);
  });
});

describe('bad input', () => {
  const empty = join(root, 'empty');
  mkdirSync(empty);
  writeFileSync(join(root, 'notes.txt'), 'notes');

  it.each<[args: readonly string[], code: string, message: string]>([
    [['--data', './nowhere'], 'CONVOY_UNKNOWN_NAME', 'which is neither a name nor a path'],
    [['--data', empty], 'CONVOY_FILE_FORMAT', 'without folders'],
    [['--data', join(root, 'notes.txt')], 'CONVOY_FILE_FORMAT', 'State the format with --data-format'],
    [['--data', photos, '--data-dir', root], 'CONVOY_INVALID_OPTION', '--data-dir only with the name of a data set'],
    [['--data', photos, '--data-format', 'images'], 'CONVOY_INVALID_OPTION', 'one of: cifar10'],
    [['--data', photos, '--data-format', 'npz'], 'CONVOY_FILE_UNREADABLE', 'photos'],
    [['--data', photos, '--image-size', '0'], 'CONVOY_INVALID_OPTION', 'a height and width such as'],
    [['--data', photos, '--image-size', '10x'], 'CONVOY_INVALID_OPTION', 'a height and width such as'],
    [['--data', photos, '--channels', '4'], 'CONVOY_INVALID_OPTION', '1 or 3'],
    [['--data', photos, '--validation-split', '1'], 'CONVOY_INVALID_OPTION', 'above 0 and below 1'],
    [['--data', photos, '--augment', './none.ts'], 'CONVOY_FILE_FORMAT', 'which cannot be loaded'],
    [['--data', photos, '--augment', model], 'CONVOY_FILE_FORMAT', 'exports undefined as augment'],
    [['--data', join(golden, 'iris.csv')], 'CONVOY_UNKNOWN_NAME', 'label'],
  ])('%j: %s', async (args, code, message) => {
    const { code: exitCode, stderr } = await convoy('train', model, ...args, '--out', join(root, 'out'));
    expect(stderr).toContain(code);
    expect(stderr).toContain(message);
    expect(exitCode).toBe(2);
  });
});
