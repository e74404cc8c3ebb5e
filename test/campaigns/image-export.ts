// Exports images of a data set to a folder of PNG files, as people keep their own photos: <directory>/<class>/<number>.png.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StoredDataset } from '@convoy/datasets';
import sharp from 'sharp';

/** How many files are written at the same time. */
const AT_ONCE = 16;

/**
 * Writes the first samples of a data set of images with labels.
 * @returns the number of bytes of all files
 */
export async function exportImages(dataset: StoredDataset, directory: string, count: number): Promise<number> {
  const { sampleShape, source, targets } = dataset;
  const [channels = 1, height = 0, width = 0] = sampleShape;
  if (targets.kind !== 'labels' || channels !== 1)
    throw new TypeError('A data set of gray images with labels is needed.');
  const { labels, classNames } = targets;
  const size = height * width;
  const folderOf = (label: number) => join(directory, classNames?.[label]?.replaceAll('/', '-') ?? `class ${label}`);
  for (let label = 0; label < targets.classes; label++) await mkdir(folderOf(label), { recursive: true });
  let bytes = 0;
  for (let first = 0; first < count; first += AT_ONCE) {
    const samples = Array.from({ length: Math.min(AT_ONCE, count - first) }, (_, i) => first + i);
    await Promise.all(
      samples.map(async (sample) => {
        const pixels = Buffer.from(source.samples.slice(sample * size, (sample + 1) * size));
        const png = await sharp(pixels, { raw: { width, height, channels: 1 } })
          .toColourspace('b-w')
          .png()
          .toBuffer();
        bytes += png.length;
        const name = `${String(sample).padStart(5, '0')}.png`;
        await writeFile(join(folderOf(labels[sample] as number), name), png);
      }),
    );
  }
  return bytes;
}
