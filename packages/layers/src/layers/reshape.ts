// The same numbers under another shape.
import { assertShape, ConvoyError, formatShape, positiveInteger, type Shape, sizeOf } from '@convoy/tensor';
import { defineLayer, type LayerOptions } from '../layer.ts';
import { referenceView } from './view.ts';

export interface ReshapeOptions extends LayerOptions {
  /** The shape of one sample; one extent may be −1, which stands for what is left. */
  readonly shape: Shape;
}

interface ReshapeSettings {
  readonly shape: Shape;
}

/**
 * The same numbers in the same, row-major order under another shape of as many numbers. Costs nothing: no number is moved.
 *
 * @throws ConvoyError CONVOY_INVALID_OPTION, CONVOY_INVALID_SHAPE; when a model is built CONVOY_SHAPE_MISMATCH.
 */
export const reshape = defineLayer<ReshapeOptions, ReshapeSettings>({
  type: 'reshape',

  settings({ shape }) {
    assertShape(Array.isArray(shape) ? shape.map((extent) => (extent === -1 ? 1 : extent)) : shape);
    if (shape.filter((extent) => extent === -1).length > 1) {
      throw new ConvoyError('CONVOY_INVALID_OPTION', {
        given: `shape: ${formatShape(shape)}`,
        expected: 'at most one -1',
        fix: 'Write the other extents as numbers.',
      });
    }
    for (const extent of shape) if (extent !== -1) positiveInteger('shape', extent);
    return { shape: [...shape] };
  },

  outputShape({ shape }, [input]) {
    const known = sizeOf(shape.filter((extent) => extent !== -1));
    const output = shape.map((extent) => (extent === -1 ? sizeOf(input) / known : extent));
    if (output.every(Number.isInteger) && sizeOf(output) === sizeOf(input)) return output;
    throw new ConvoyError('CONVOY_SHAPE_MISMATCH', {
      given: `shape: ${formatShape(shape)} for an input of shape ${formatShape(input)}, ${sizeOf(input)} numbers`,
      expected: 'a shape of as many numbers',
      fix: 'Correct the shape, or write -1 for one extent to have it computed.',
    });
  },

  reference: referenceView,
});
