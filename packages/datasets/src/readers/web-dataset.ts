// Tar files of samples, as WebDataset writes them: the files of a sample have the same name up to the first dot.
import { ConvoyError } from '@convoy/tensor';
import { checkOptions, listOf, type OptionCheck, optional, text } from '@convoy/tensor/checks';
import { describeValue } from '@convoy/tensor/errors';
import type { Dataset } from '../dataset/dataset.ts';
import { readDataset } from '../dataset/read-dataset.ts';
import { allocateShared } from '../dataset/shared-array.ts';
import { withFile } from './file-bytes.ts';
import { ImageDecoder } from './images/image-decoder.ts';
import { type ImageForm, type ImageOptions, imageChecks } from './images/image-options.ts';
import { TarBytes, type TarReaderOptions } from './images/tar-reader.ts';
import { indexTar, type TarMember } from './tar-index.ts';

/** Options of `webDataset`. */
export interface WebDatasetOptions extends ImageOptions {
  /** The extensions of images; default png, jpg, jpeg, webp, gif, avif, tif and tiff. */
  readonly image?: readonly string[];
  /** The extension of the file with the label: the number or the name of a class. Default 'cls'. */
  readonly label?: string;
  /** (classes): the name of each class. Default: the names in the files, sorted, or the numbers. */
  readonly classNames?: readonly string[];
}

// Neither a compiler nor Node rewrites the extension in a URL: it is the one of this file.
const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const READER = new URL(`./images/tar-reader.${extension}`, import.meta.url).href;

const IMAGES = ['png', 'jpg', 'jpeg', 'webp', 'gif', 'avif', 'tif', 'tiff'];
/** A label is a number or a name. */
const MAX_LABEL_BYTES = 1024;

interface Sample {
  readonly file: number;
  readonly image: TarMember;
  readonly label: string;
}

/** One path, or several. */
const pathsCheck: OptionCheck<readonly string[]> = (name, value) =>
  Array.isArray(value) ? listOf(text)(name, value) : [text(name, value)];

/**
 * Reads images and labels from tar files. The files are indexed once; images are read and decoded when they are needed, in any order, so each epoch
 * has an exact shuffle. Samples are in the order of the files.
 *
 * ```ts
 * const photos = await webDataset(['photos-000.tar', 'photos-001.tar'], { size: 64 });
 * ```
 * @param paths of tar files that are not compressed
 * @throws ConvoyError CONVOY_INVALID_OPTION, CONVOY_FILE_NOT_FOUND, CONVOY_FILE_UNREADABLE, CONVOY_PACKAGE_MISSING, CONVOY_OUT_OF_MEMORY
 * @throws ConvoyError CONVOY_FILE_FORMAT for damaged files, and for samples without an image or a label, or with several; CONVOY_INVALID_LABEL
 */
export async function webDataset(paths: string | readonly string[], options?: WebDatasetOptions): Promise<Dataset> {
  const files = pathsCheck('paths', paths);
  const { size, fit, channels, image, label, classNames } = checkOptions('webDataset', options, {
    ...imageChecks,
    image: optional(listOf(text), IMAGES),
    label: optional(text, 'cls'),
    classNames: optional(listOf(text)),
  });
  const samples: Sample[] = [];
  for (const [file, path] of files.entries()) {
    for (const sample of await samplesIn(path, file, image, label)) samples.push(sample);
  }
  if (samples.length === 0) throw wrongSample(files[0] ?? '', 'without samples', 'at least one sample');
  const { labels, names } = numbered(samples, classNames, files);
  const places = placesOf(samples, files);
  const [height, width] = size ?? (await firstSize(places));
  const form: ImageForm = { channels, height, width, fit: size ? fit : undefined };
  const reader: TarReaderOptions = { ...places, form };
  return readDataset({
    sampleShape: [channels, height, width],
    source: { kind: 'read', element: 'uint8', module: READER, options: reader },
    labels,
    classNames: names,
  });
}

/** The samples of a tar file, with their labels. */
async function samplesIn(
  path: string,
  file: number,
  images: readonly string[],
  labelExtension: string,
): Promise<Sample[]> {
  const found = new Map<string, { image?: TarMember; label?: TarMember }>();
  for (const member of await indexTar(path)) {
    const [, key = member.name, extension = ''] = /^((?:.*\/)?[^/.]*)\.([^/]*)$/.exec(member.name) ?? [];
    const kind = images.includes(extension.toLowerCase())
      ? 'image'
      : extension === labelExtension
        ? 'label'
        : undefined;
    if (kind === undefined) continue;
    const sample = found.get(key) ?? {};
    if (sample[kind])
      throw wrongSample(path, `with two files for the ${kind} of ${JSON.stringify(key)}`, 'one of each');
    sample[kind] = member;
    found.set(key, sample);
  }
  return withFile(path, async ({ handle }) => {
    const samples: Sample[] = [];
    for (const [key, { image, label }] of found) {
      const name = JSON.stringify(key);
      if (!image) throw wrongSample(path, `without an image of ${name}`, `a file that ends in ${images.join(', ')}`);
      if (!label) throw wrongSample(path, `without a label of ${name}`, `a file that ends in ${labelExtension}`);
      if (label.length > MAX_LABEL_BYTES) {
        throw wrongSample(path, `with a label of ${label.length} bytes`, 'a number or a name');
      }
      const { buffer } = await handle.read({ buffer: Buffer.alloc(label.length), position: label.offset });
      samples.push({ file, image, label: buffer.toString('utf8').trim() });
    }
    return samples;
  });
}

/** More classes than this are no classes. */
const MAX_CLASSES = 2 ** 24;

/** The number of each label, and the names of the classes. */
function numbered(samples: readonly Sample[], classNames: readonly string[] | undefined, files: readonly string[]) {
  const areNumbers = samples.every(({ label }) => /^\d{1,9}$/.test(label));
  const greatest = areNumbers ? samples.reduce((most, { label }) => Math.max(most, Number(label)), 0) : 0;
  const names =
    classNames ??
    (areNumbers
      ? Array.from({ length: Math.min(MAX_CLASSES, greatest + 1) }, (_, i) => String(i))
      : [...new Set(samples.map(({ label }) => label))].sort());
  const numbers = new Map(areNumbers ? [] : names.map((name, i) => [name, i]));
  const labels = samples.map(({ label, image, file }) => {
    const number = areNumbers ? Number(label) : (numbers.get(label) ?? -1);
    if (number >= 0 && number < names.length) return number;
    throw new ConvoyError('CONVOY_INVALID_LABEL', {
      given: `the label ${describeValue(label)} of ${JSON.stringify(image.name)} in the file ${JSON.stringify(files[file])}`,
      expected: `one of ${names.length} classes`,
      fix: 'Correct the label, or pass the names of all classes.',
    });
  });
  return { labels, names };
}

/** Where the images are, in shared memory, so that all decoders use the same. */
function placesOf(samples: readonly Sample[], paths: readonly string[]): Omit<TarReaderOptions, 'form'> {
  const { length } = samples;
  const files = new Int32Array(allocateShared(4 * length));
  const offsets = new Float64Array(allocateShared(8 * length));
  const lengths = new Float64Array(allocateShared(8 * length));
  for (const [i, { file, image }] of samples.entries()) {
    files[i] = file;
    offsets[i] = image.offset;
    lengths[i] = image.length;
  }
  const names = samples.map(({ file, image }) => `${paths[file]}: ${image.name}`);
  return { paths, files, offsets, lengths, names };
}

async function firstSize(places: Omit<TarReaderOptions, 'form'>): Promise<readonly [height: number, width: number]> {
  const decoder = await ImageDecoder.open();
  const bytes = new TarBytes({ ...places, form: { channels: 3, height: 1, width: 1, fit: undefined } });
  try {
    return await decoder.sizeOf(bytes.read(0), places.names[0] as string);
  } finally {
    bytes.close();
  }
}

const wrongSample = (path: string, given: string, expected: string) =>
  new ConvoyError('CONVOY_FILE_FORMAT', {
    given: `the file ${JSON.stringify(path)} ${given}`,
    expected,
    fix: 'Create the file again, with an image and a label for each sample.',
  });
