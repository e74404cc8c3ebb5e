// The options of the augmenter of a data set, the same on the main thread and in workers.
import type { Dataset, Labels } from '@convoy/datasets';
import type { AugmenterOptions } from '@convoy/datasets/augment';

type Form = Pick<Dataset, 'sampleShape' | 'targets'> & Pick<AugmenterOptions, 'element'>;

/** Whether targets are a label for each pixel. */
export const areMasks = (targets: Dataset['targets']): targets is Labels =>
  targets.kind === 'labels' && targets.shape.length === 2;

/** Labels of pixels move with the pixels. */
export function augmenterOptions({ sampleShape, targets, element }: Form, seed: number): AugmenterOptions {
  if (!areMasks(targets)) return { sampleShape, element, seed };
  const { shape, ignoreLabel } = targets;
  return { sampleShape, element, seed, maskShape: shape, ...(ignoreLabel !== undefined && { fillLabel: ignoreLabel }) };
}
