// The models the command knows. Each fits at least one of the data sets.
import { lenet5, type Model } from '@convoy/layers';
import { entryNamed } from './names.ts';

export const models: Readonly<Record<string, { readonly about: string; create(): Model }>> = {
  lenet5: { about: 'LeNet-5 with ReLU and maximum pooling, for 28×28 grey images', create: lenet5 },
};

/** @throws ConvoyError CONVOY_UNKNOWN_NAME */
export const createModel = (name: string): Model => entryNamed('model', models, name).create();
