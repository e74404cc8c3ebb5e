// Which cells a pooling window covers: what max and average pooling share.
import { outputHeight, outputWidth, type Pool2dShape } from '../shapes.ts';

/**
 * Visits every output of a pooling in row-major order, with the flat indices of the input cells under its window, in
 * row-major order and without the padded ones.
 */
export function forEachPoolWindow(
  shape: Pool2dShape,
  batch: number,
  visit: (output: number, cells: readonly number[]) => void,
): void {
  const { height, width, kernelHeight, kernelWidth, dilationY = 1, dilationX = 1 } = shape;
  let output = 0;
  for (let plane = 0; plane < batch * shape.channels; plane++) {
    for (let i = 0; i < outputHeight(shape); i++) {
      for (let j = 0; j < outputWidth(shape); j++) {
        const cells: number[] = [];
        for (let p = 0; p < kernelHeight; p++) {
          for (let q = 0; q < kernelWidth; q++) {
            const row = i * shape.strideY - shape.padTop + p * dilationY;
            const column = j * shape.strideX - shape.padLeft + q * dilationX;
            if (row < 0 || row >= height || column < 0 || column >= width) continue;
            cells.push((plane * height + row) * width + column);
          }
        }
        visit(output++, cells);
      }
    }
  }
}
