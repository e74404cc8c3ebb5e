// Formulas over square planes in float64, written as in the literature, with which the tests of the worked example compare.
import type { Tensor } from '@convoy/tensor';

/** One plane of a tensor (N, channels, height, width). */
export function planeOf({ data, shape }: Tensor, sample: number, channel: number): Float32Array {
  const [, channels = 1, height = 1, width = 1] = shape;
  const at = (sample * channels + channel) * height * width;
  return data.subarray(at, at + height * width);
}

/** A plane turned by 180°: rot90(rot90(plane)). */
export const turned = (plane: ArrayLike<number>): Float64Array => Float64Array.from(plane).reverse();

/** y[m][n] = Σi Σj large[m+i][n+j] · small[i][j], at all positions where the small plane is inside the large one. */
export function correlate(large: ArrayLike<number>, small: ArrayLike<number>): Float64Array {
  const size = Math.sqrt(large.length);
  const smallSize = Math.sqrt(small.length);
  const places = size - smallSize + 1;
  return Float64Array.from({ length: places * places }, (_, at) => {
    const corner = Math.floor(at / places) * size + (at % places);
    let sum = 0;
    for (let i = 0; i < smallSize; i++) {
      for (let j = 0; j < smallSize; j++) {
        sum += (large[corner + i * size + j] as number) * (small[i * smallSize + j] as number);
      }
    }
    return sum;
  });
}

/** The same at all positions where the planes overlap, with zeros around the large one. */
export function correlateFully(large: ArrayLike<number>, small: ArrayLike<number>): Float64Array {
  const size = Math.sqrt(large.length);
  const margin = Math.sqrt(small.length) - 1;
  const paddedSize = size + 2 * margin;
  const padded = new Float64Array(paddedSize * paddedSize);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      padded[(row + margin) * paddedSize + column + margin] = large[row * size + column] as number;
    }
  }
  return correlate(padded, small);
}

/** SciPy's `convolve2d(a, b, 'valid')`: a true convolution, in which the smaller plane is turned and slides inside the larger one. */
export const convolve2dValid = (a: ArrayLike<number>, b: ArrayLike<number>): Float64Array =>
  a.length < b.length ? correlate(b, turned(a)) : correlate(a, turned(b));
