// What is fuzzed: each reader of files, with golden files that it reads.
import { mkdir, readdir, symlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import {
  cifar10,
  cifar100,
  csv,
  idx,
  imageFolder,
  load,
  npy,
  npz,
  packed,
  readIdx,
  webDataset,
} from '../../src/index.ts';
import { goldenFile } from '../golden-file.ts';

/** A reader and the files that are damaged for it. */
export interface FuzzTarget {
  /** Paths in `test/golden`. */
  readonly files: readonly string[];
  /** Reads a damaged copy, which is alone in its directory and has the name of its golden file. */
  readonly read: (path: string, golden: string) => Promise<unknown>;
}

/** Reads the directory of a damaged file, whose other files are intact. */
const inDirectory = (read: (directory: string) => Promise<unknown>) => async (path: string, golden: string) => {
  const others = (await readdir(dirname(golden))).filter((name) => name !== basename(golden));
  for (const name of others) await symlink(join(dirname(golden), name), join(dirname(path), name));
  return read(dirname(path));
};

/** Decodes a damaged image, the only one of its folder. */
async function decodeInFolder(path: string): Promise<unknown> {
  const folder = join(dirname(path), 'class');
  await mkdir(folder);
  await symlink(path, join(folder, basename(path)));
  return load((await imageFolder(dirname(path), { size: 8 })).train);
}

const isLabels = (path: string) => basename(path).startsWith('l');

export const fuzzTargets: Readonly<Record<string, FuzzTarget>> = {
  readIdx: { files: ['letters-labels', 'letters-images.gz', 'members.gz'], read: readIdx },
  idx: {
    files: ['letters-images.gz', 'members.gz'],
    read: (path) => idx({ inputs: path, labels: goldenFile('letters-labels') }),
  },
  npy: {
    files: ['images.npy', 'images-v2.npy', 'images-v3.npy', 'labels.npy', 'values-fortran.npy', 'records.npy'],
    read: (path) =>
      isLabels(path)
        ? npy({ inputs: goldenFile('images.npy'), labels: path, layout: 'NHWC' })
        : npy({ inputs: path, labels: goldenFile('labels.npy'), layout: 'NHWC' }),
  },
  npz: {
    files: ['keras.npz', 'keras-compressed.npz', 'zip64.npz'],
    read: (path) => npz(path, { layout: 'NHWC' }),
  },
  csv: {
    files: ['flowers.csv', 'pixels.csv'],
    read: (path) => csv(path, { label: path.endsWith('pixels.csv') ? 'label' : 2 }),
  },
  packed: {
    files: ['packed/checked.json'],
    read: async (path) => load(await packed(path)),
  },
  webDataset: {
    files: ['photos-ustar.tar', 'photos-gnu.tar', 'photos-pax.tar'],
    read: async (path) => load(await webDataset(path, { size: 8 })),
  },
  imageFolder: {
    files: ['rgb.png', 'gray16.png', 'palette.png', 'rgb.jpg', 'lossless.webp', 'frames.gif', 'rgb.tiff'].map(
      (name) => `images/${name}`,
    ),
    read: decodeInFolder,
  },
  cifar10: { files: ['cifar-10/batches.meta.txt', 'cifar-10/data_batch_1.bin'], read: inDirectory(cifar10) },
  cifar100: { files: ['cifar-100/fine_label_names.txt', 'cifar-100/test.bin'], read: inDirectory(cifar100) },
};
