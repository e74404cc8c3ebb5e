// A view with another shape.
import { assertShape, ConvoyError, formatShape, positiveInteger, type Shape, sizeOf } from '@convoy/tensor';
import { defineLayer, type LayerOptions } from '../layer.ts';
import { referenceView } from './view.ts';

/** Options of `reshape`. */
export interface ReshapeOptions extends LayerOptions {
  /** The shape of one sample. One dimension may be −1: it is computed from the others. */
  readonly shape: Shape;
}

interface ReshapeSettings {
  readonly shape: Shape;
}

/**
 * A view of the input with another shape of the same size; elements stay in row-major order. Nothing is copied.
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION, CONVOY_INVALID_SHAPE; CONVOY_SHAPE_MISMATCH when a model is built
 */
export const reshape = defineLayer<ReshapeOptions, ReshapeSettings>({
  type: 'reshape',

  settings: (check) => check({ shape: checkReshape }),

  outputShape({ shape }, [input]) {
    const known = sizeOf(shape.filter((extent) => extent !== -1));
    const output = shape.map((extent) => (extent === -1 ? sizeOf(input) / known : extent));
    if (output.every(Number.isInteger) && sizeOf(output) === sizeOf(input)) return output;
    throw new ConvoyError('CONVOY_SHAPE_MISMATCH', {
      given: `shape: ${formatShape(shape)} for an input of shape ${formatShape(input)}, ${sizeOf(input)} numbers`,
      expected: 'a shape of the same number of elements',
      fix: 'Correct the shape, or pass -1 for one dimension, which is then computed.',
    });
  },

  reference: referenceView,
});

function checkReshape(name: string, value: unknown): Shape {
  const shape = value as Shape;
  assertShape(Array.isArray(shape) ? shape.map((extent) => (extent === -1 ? 1 : extent)) : shape);
  if (shape.filter((extent) => extent === -1).length > 1) {
    throw new ConvoyError('CONVOY_INVALID_OPTION', {
      given: `${name}: ${formatShape(shape)}`,
      expected: 'at most one -1',
      fix: 'Pass the other dimensions as numbers.',
    });
  }
  for (const extent of shape) if (extent !== -1) positiveInteger(name, extent);
  return [...shape];
}
