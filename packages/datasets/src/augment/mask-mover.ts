// The labels of pixels move with the pixels.
import type { Canvas, SampleForm } from './canvas.ts';
import { type NumberArray, type Planes, resample } from './geometry/resample.ts';

/** Labels that move with the pixels of a canvas. One per thread. */
export class MaskMover {
  readonly #planes: Planes;
  readonly #fill: Float64Array;
  readonly #scratch: Int32Array;

  /** @param fillLabel the label of pixels that come from outside of the image */
  constructor({ height, width }: SampleForm, fillLabel: number) {
    this.#planes = { channels: 1, height, width };
    this.#fill = Float64Array.of(fillLabel);
    this.#scratch = new Int32Array(height * width);
  }

  /** Moves labels as the pixels of the last sample of the canvas were moved. Allocates nothing. */
  move(canvas: Canvas, from: NumberArray, fromOffset: number, to: Int32Array, toOffset: number): void {
    const scratch = this.#scratch;
    for (let move = 0; move < canvas.moves; move++) {
      if (move > 0) for (let i = 0; i < scratch.length; i++) scratch[i] = to[toOffset + i] as number;
      const source = move === 0 ? from : scratch;
      const map = canvas.moveAt(move);
      resample(this.#planes, source, move === 0 ? fromOffset : 0, to, toOffset, map, this.#fill, 'nearest');
    }
  }
}
