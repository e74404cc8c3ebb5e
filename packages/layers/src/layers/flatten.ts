// Planes as one list of features.
import { sizeOf } from '@convoy/tensor';
import { defineLayer, type Layer, type LayerOptions } from '../layer.ts';
import { referenceView } from './view.ts';

const describe = defineLayer<LayerOptions, object>({
  type: 'flatten',
  settings: () => ({}),
  outputShape: (_, [input]) => [sizeOf(input)],
  reference: referenceView,
});

/** The same numbers in the same, row-major order under the shape [features]. Costs nothing: no number is moved. */
export const flatten = (options: LayerOptions = {}): Layer => describe(options);
