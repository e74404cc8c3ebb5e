// A view with one dimension.
import { sizeOf } from '@convoy/tensor';
import { defineLayer, type Layer, type LayerOptions } from '../layer.ts';
import { referenceView } from './view.ts';

const describe = defineLayer<LayerOptions, object>({
  type: 'flatten',
  settings: (check) => check({}),
  outputShape: (_, [input]) => [sizeOf(input)],
  reference: referenceView,
});

/** A view of the input with the shape [features]; elements stay in row-major order. Nothing is copied. */
export const flatten = (options: LayerOptions = {}): Layer => describe(options);
