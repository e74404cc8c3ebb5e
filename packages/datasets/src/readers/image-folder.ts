// Folders of images, with a folder for each class: how people keep their own photos.
import { join } from 'node:path';
import type { ConvoyError } from '@convoy/tensor';
import { checkOptions, choiceOf, optional, text } from '@convoy/tensor/checks';
import { isConvoyError } from '@convoy/tensor/errors';
import type { Dataset, DatasetSplits } from '../dataset/dataset.ts';
import { readDataset } from '../dataset/read-dataset.ts';
import { type FolderPart, listImageFolder } from './images/folder-listing.ts';
import { type FolderReaderOptions, readImage } from './images/folder-reader.ts';
import { ImageDecoder } from './images/image-decoder.ts';
import { type ImageForm, type ImageOptions, imageChecks } from './images/image-options.ts';

/** Options of `imageFolder`. */
export interface ImageFolderOptions extends ImageOptions {
  /**
   * 'stop', the default: an image that cannot be decoded ends the run that needs it. 'skip': all images are decoded once when the folder is opened, and
   * those that cannot be are left out; `skipped` lists them.
   */
  readonly onError?: 'stop' | 'skip';
}

/** The parts of an image folder. */
export interface ImageFolder extends DatasetSplits {
  /** Files that were left out, with the reasons. */
  readonly skipped: readonly { readonly path: string; readonly error: ConvoyError }[];
}

// Neither a compiler nor Node rewrites the extension in a URL: it is the one of this file.
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
/** The URL of the module that reads the images of a folder. */
export const FOLDER_READER = new URL(`./images/folder-reader.${extension}`, import.meta.url).href;

/** How many images are decoded at the same time when a folder is checked. */
const AT_ONCE = 8;

/**
 * Reads a folder of images: `folder/class/image.png` gives `train`; `folder/train/class/…`, `folder/val/class/…` and `folder/test/class/…` give the parts.
 * Images are decoded by the package `sharp` when they are needed. Samples are bytes of shape [channels, height, width]. Classes are numbered in
 * the order of their names, and images sorted by class and name, by the UTF-16 code units of their names, as `Array.prototype.sort` does.
 *
 * ```ts
 * const { train } = await imageFolder('photos', { size: 64 });
 * ```
 * @throws ConvoyError CONVOY_INVALID_OPTION, CONVOY_FILE_NOT_FOUND, CONVOY_FILE_UNREADABLE, CONVOY_PACKAGE_MISSING
 * @throws ConvoyError CONVOY_FILE_FORMAT for a folder of another structure, and, with `onError: 'stop'`, if the first image cannot be decoded
 */
export async function imageFolder(path: string, options?: ImageFolderOptions): Promise<ImageFolder> {
  text('path', path);
  const { size, fit, channels, onError } = checkOptions('imageFolder', options, {
    ...imageChecks,
    onError: optional(choiceOf('stop', 'skip'), 'stop'),
  });
  const parts = await listImageFolder(path);
  const decoder = await ImageDecoder.open();
  const skipped: { path: string; error: ConvoyError }[] = [];
  const first = [...parts.values()].flatMap(({ paths }) => paths);
  const [height, width] = size ?? (await firstSize(path, first, decoder, onError === 'skip'));
  const form: ImageForm = { channels, height, width, fit: size ? fit : undefined };
  const datasets = new Map<string, Dataset>();
  for (const [name, part] of parts) {
    const kept = onError === 'skip' ? await decodable(path, part, form, decoder, skipped) : part;
    datasets.set(name, datasetOf(path, kept, form));
  }
  return { ...(Object.fromEntries(datasets) as unknown as DatasetSplits), skipped };
}

function datasetOf(root: string, { paths, labels, classNames }: FolderPart, form: ImageForm): Dataset {
  const options: FolderReaderOptions = { root, paths, form };
  return readDataset({
    sampleShape: [form.channels, form.height, form.width],
    source: { kind: 'read', element: 'uint8', module: FOLDER_READER, options },
    labels,
    classNames,
  });
}

/** The size of the first image; of the first one that can be decoded, if others are skipped. */
async function firstSize(root: string, paths: readonly string[], decoder: ImageDecoder, skips: boolean) {
  for (const [i, path] of paths.entries()) {
    try {
      const file = join(root, path);
      return await decoder.sizeOf(await readImage(file), file);
    } catch (error) {
      if (!skips || i === paths.length - 1) throw error;
    }
  }
  throw new Error('A part has at least one path.');
}

/** The part without the images that cannot be decoded, which are added to `skipped`. */
async function decodable(
  root: string,
  part: FolderPart,
  form: ImageForm,
  decoder: ImageDecoder,
  skipped: { path: string; error: ConvoyError }[],
): Promise<FolderPart> {
  const errors = new Map<number, ConvoyError>();
  const rows = part.paths.keys();
  const check = async () => {
    const row = new Uint8Array(form.channels * form.height * form.width);
    for (const i of rows) {
      const path = join(root, part.paths[i] as string);
      try {
        await decoder.decode(await readImage(path), form, path, row);
      } catch (error) {
        if (!isConvoyError(error)) throw error;
        errors.set(i, error);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, check));
  for (const [i, path] of part.paths.entries()) {
    const error = errors.get(i);
    if (error) skipped.push({ path, error });
  }
  const isKept = (_: unknown, i: number) => !errors.has(i);
  return { ...part, paths: part.paths.filter(isKept), labels: part.labels.filter(isKept) };
}
