// The reference of layers that return their input: views, and dropout in evaluation.
import type { ReferenceLayer } from '../layer.ts';

export const referenceView: ReferenceLayer<object> = {
  forward: (_settings, _inputs, _batch, [x]) => x,
  backward: (_settings, _inputs, _batch, _xs, _parameters, outputGradient) => ({
    inputs: [outputGradient],
    parameters: {},
  }),
};
