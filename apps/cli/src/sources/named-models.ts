// The models that the command knows by name.
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
import { ConvoyError } from '@convoy/tensor/errors';
import { findByName } from './find-by-name.ts';

interface ModelEntry {
  readonly about: string;
  /** Whether it predicts a class per image or a class per pixel. */
  readonly classifies: 'images' | 'pixels';
  create(options: ImageModelOptions): Model;
}

const images = (create: ModelEntry['create'], about: string): ModelEntry => ({ about, classifies: 'images', create });

export const models: Readonly<Record<string, ModelEntry>> = {
  lenet5: images(lenet5, 'LeNet-5 with ReLU and max pooling: 2 convolutions, 3 dense layers'),
  cifarCnn: images(cifarCnn, '4 convolutions, 2 dense layers'),
  vggSmall: images(vggSmall, 'small VGG: 6 convolutions, 2 dense layers; batch normalization, dropout'),
  resnet20: images(resnet20, 'residual network with 20 layers'),
  resnet32: images(resnet32, 'residual network with 32 layers'),
  resnet56: images(resnet56, 'residual network with 56 layers'),
  mobileNetSmall: images(mobileNetSmall, 'MobileNet at a quarter of its width: depthwise-separable convolutions'),
  uNetSmall: { about: 'U-Net at three resolutions, for a class per pixel', classifies: 'pixels', create: uNetSmall },
};

/** @throws ConvoyError CONVOY_UNKNOWN_NAME */
export function assertModel(name: string): void {
  findByName('model', models, name);
}

/** The model for the samples and classes that it was designed for. @throws ConvoyError CONVOY_UNKNOWN_NAME */
export const createModel = (name: string): Model => findByName('model', models, name).create({});

/**
 * The model for the sample shape and the classes of a data set.
 * @throws ConvoyError CONVOY_UNKNOWN_NAME, CONVOY_SHAPE_MISMATCH
 */
export function createModelFor({ sampleShape: input, targets }: Dataset, name: string): Model {
  const { classifies, create } = findByName('model', models, name);
  const labeled = targets.shape.length > 0 ? 'pixels' : 'images';
  if (targets.kind === 'labels' && labeled === classifies) return create({ input, classes: targets.classes });
  throw new ConvoyError('CONVOY_SHAPE_MISMATCH', {
    given: `the model ${name} and data with ${targets.kind === 'labels' ? `classes of ${labeled}` : 'numbers as targets'}`,
    expected: `data with classes of ${classifies}`,
    fix: 'Choose a model for such data; convoy models tells what each model is for.',
  });
}
