// Reference of zero padding and cropping in float64. The gradient of each is the other.
import type { Frame2dShape } from '../../shapes.ts';

/**
 * y[n, c, top + i, left + j] = x[n, c, i, j], and 0 in the frame.
 *
 * @param input (N, channels, height, width)
 * @returns (N, channels, top + height + bottom, left + width + right)
 */
export function zeroPad2d(shape: Frame2dShape, batch: number, input: Float64Array): Float64Array {
  const outerPlane = (shape.top + shape.height + shape.bottom) * (shape.left + shape.width + shape.right);
  const output = new Float64Array(batch * shape.channels * outerPlane);
  forEachInside(shape, batch, (inner, outer) => {
    output[outer] = input[inner]!;
  });
  return output;
}

/**
 * y[n, c, i, j] = x[n, c, top + i, left + j]
 *
 * @param input (N, channels, top + height + bottom, left + width + right)
 * @returns (N, channels, height, width)
 */
export function crop2d(shape: Frame2dShape, batch: number, input: Float64Array): Float64Array {
  const output = new Float64Array(batch * shape.channels * shape.height * shape.width);
  forEachInside(shape, batch, (inner, outer) => {
    output[inner] = input[outer]!;
  });
  return output;
}

/** Visits the cells inside the frame, with their flat indices in the inner and the outer planes. */
function forEachInside(
  { channels, height, width, top, left, bottom, right }: Frame2dShape,
  batch: number,
  visit: (inner: number, outer: number) => void,
): void {
  let inner = 0;
  for (let plane = 0; plane < batch * channels; plane++) {
    for (let i = 0; i < height; i++) {
      for (let j = 0; j < width; j++) {
        const row = plane * (top + height + bottom) + top + i;
        visit(inner++, row * (left + width + right) + left + j);
      }
    }
  }
}
