// The models the command knows.
import type { Dataset } from '@convoy/datasets';
import type { Model } from '@convoy/layers';
import {
  cifarCnn,
  type ImageModelOptions,
  lenet5,
  mobileNetSmall,
  resnet20,
  resnet32,
  resnet56,
  uNetSmall,
  vggSmall,
} from '@convoy/layers/zoo';
import { ConvoyError } from '@convoy/tensor';
import { entryNamed } from './names.ts';

interface ModelEntry {
  readonly about: string;
  /** What it finds the class of. */
  readonly classifies: 'images' | 'pixels';
  create(options: ImageModelOptions): Model;
}

const images = (create: ModelEntry['create'], about: string): ModelEntry => ({ about, classifies: 'images', create });

export const models: Readonly<Record<string, ModelEntry>> = {
  lenet5: images(lenet5, 'LeNet-5 with ReLU and maximum pooling: 2 convolutions, 3 dense layers'),
  cifarCnn: images(cifarCnn, '4 convolutions, 2 dense layers'),
  vggSmall: images(vggSmall, '6 convolutions in the manner of VGG, 2 dense layers; batch normalization and dropout'),
  resnet20: images(resnet20, 'residual network of 20 layers'),
  resnet32: images(resnet32, 'residual network of 32 layers'),
  resnet56: images(resnet56, 'residual network of 56 layers'),
  mobileNetSmall: images(mobileNetSmall, 'MobileNet with a quarter of its channels: depthwise-separable convolutions'),
  uNetSmall: { about: 'U-Net over three sizes, for classes of pixels', classifies: 'pixels', create: uNetSmall },
};

/** @throws ConvoyError CONVOY_UNKNOWN_NAME */
export function assertModel(name: string): void {
  entryNamed('model', models, name);
}

/** The model as it is by default. @throws ConvoyError CONVOY_UNKNOWN_NAME */
export const createModel = (name: string): Model => entryNamed('model', models, name).create({});

/**
 * The model for the shape and the classes of a data set's samples.
 * @throws ConvoyError CONVOY_UNKNOWN_NAME, CONVOY_SHAPE_MISMATCH
 */
export function createModelFor({ sampleShape: input, targets }: Dataset, name: string): Model {
  const { classifies, create } = entryNamed('model', models, name);
  const labelled = targets.shape.length > 0 ? 'pixels' : 'images';
  if (targets.kind === 'labels' && labelled === classifies) return create({ input, classes: targets.classes });
  throw new ConvoyError('CONVOY_SHAPE_MISMATCH', {
    given: `for ${name} data with ${targets.kind === 'labels' ? `classes of ${labelled}` : 'numbers to predict'}`,
    expected: `data with classes of ${classifies}`,
    fix: 'Choose a model for such data; convoy models lists what each is for.',
  });
}
