// The cells of the windows of a pooling.
import { outputHeight, outputWidth, type Pool2dShape } from '../../shapes.ts';

/** A cell of a window: its flat index in the input, and its index in the window in row-major order. */
export interface WindowCell {
  readonly x: number;
  readonly index: number;
}

/**
 * Visits the outputs of a pooling in row-major order, with the cells of their windows in row-major order and without
 * those in the padding.
 */
export function forEachPoolWindow(
  shape: Pool2dShape,
  batch: number,
  visit: (output: number, cells: readonly WindowCell[]) => void,
): void {
  const { height, width, kernelHeight, kernelWidth, dilationY = 1, dilationX = 1 } = shape;
  let output = 0;
  for (let plane = 0; plane < batch * shape.channels; plane++) {
    for (let i = 0; i < outputHeight(shape); i++) {
      for (let j = 0; j < outputWidth(shape); j++) {
        const cells: WindowCell[] = [];
        for (let p = 0; p < kernelHeight; p++) {
          for (let q = 0; q < kernelWidth; q++) {
            const row = i * shape.strideY - shape.padTop + p * dilationY;
            const column = j * shape.strideX - shape.padLeft + q * dilationX;
            if (row < 0 || row >= height || column < 0 || column >= width) continue;
            cells.push({ x: (plane * height + row) * width + column, index: p * kernelWidth + q });
          }
        }
        visit(output++, cells);
      }
    }
  }
}
