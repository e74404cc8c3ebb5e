// The sample that augmentations work on. Geometric operations only say where pixels come from: consecutive ones are
// composed, and pixels are resampled once, when an operation needs them or at the end.
import { type AffineMap, compose, identityMap, setMap } from './geometry/affine-map.ts';
import { type Interpolation, resample } from './geometry/resample.ts';

/** The numbers of a sample. */
export type Row = Uint8Array | Float32Array;

/** The form of all samples of a data set: planes of bytes or of float32 numbers. */
export interface SampleForm {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly element: 'uint8' | 'float32';
}

/**
 * How an operation wants pixels to be resampled. What is missing makes no difference for the operation: a flip needs
 * no fill, and no interpolation.
 */
export interface Sampling {
  /** (channels): the numbers of pixels that come from outside of the image. */
  readonly fill?: Float64Array;
  readonly interpolation?: Interpolation;
}

/** A sample on its way from a data set to a mini-batch. One per thread. Its methods allocate nothing. */
export class Canvas {
  readonly form: SampleForm;
  /** Where the sample is written to, from `offset` on, row-major. After `draw`, operations may change it in place. */
  row: Row;
  offset = 0;
  readonly #noFill: Float64Array;
  readonly #scratch: Row;
  readonly #moves: AffineMap[] = [];
  #moveCount = 0;
  #from: Row;
  #fromOffset = 0;
  /** Where the pixels of the result come from: in the source at first, in `row` later. */
  readonly #map = identityMap();
  #isPending = false;
  #isDrawn = false;
  #fill: Float64Array | undefined;
  #interpolation: Interpolation | undefined;

  constructor(form: SampleForm) {
    this.form = form;
    this.#noFill = new Float64Array(form.channels);
    this.#scratch = rowFor(form);
    this.row = this.#scratch;
    this.#from = this.#scratch;
  }

  /** Begins with a sample, which is written to `to`. The two must not overlap. */
  begin(from: Row, fromOffset: number, to: Row, toOffset: number): void {
    this.#from = from;
    this.#fromOffset = fromOffset;
    this.row = to;
    this.offset = toOffset;
    this.#moveCount = 0;
    this.#reset();
    // Also without any operation, the sample has to be copied.
    this.#isPending = true;
    this.#isDrawn = false;
  }

  /**
   * Moves pixels: the pixel at a place of the result comes from map(place). The map is composed with those of the
   * operations directly before, if they agree in their sampling.
   */
  transform(map: AffineMap, { fill, interpolation }: Sampling): void {
    if (!agree(this.#interpolation, interpolation) || !sameFill(this.#fill, fill)) this.draw();
    compose(this.#map, map);
    this.#isPending = true;
    this.#fill ??= fill;
    this.#interpolation ??= interpolation;
  }

  /** Writes the pixels to `row`, where all transforms so far have been applied. */
  draw(): void {
    if (!this.#isPending) return;
    const { form, row, offset } = this;
    const fill = this.#fill ?? this.#noFill;
    const interpolation = this.#interpolation ?? 'nearest';
    const source = this.#isDrawn ? this.#copyOfRow() : this.#from;
    const sourceOffset = this.#isDrawn ? 0 : this.#fromOffset;
    resample(form, source, sourceOffset, row, offset, this.#map, fill, interpolation);
    this.#record();
    this.#isDrawn = true;
    this.#reset();
  }

  /** A copy of the sample, for operations that read and write at different places. It is valid until the next call. */
  copy(): Row {
    this.draw();
    return this.#copyOfRow();
  }

  /** How many times pixels have been resampled since `begin`. */
  get moves(): number {
    return this.#moveCount;
  }

  /** The map of each time. */
  moveAt(index: number): AffineMap {
    return this.#moves[index] as AffineMap;
  }

  #copyOfRow(): Row {
    const { row, offset } = this;
    const scratch = this.#scratch;
    // `set` needs a view, which is an allocation.
    for (let i = 0; i < scratch.length; i++) scratch[i] = row[offset + i] as number;
    return scratch;
  }

  /** Keeps the map. The list grows only while samples have more moves than any sample before. */
  #record(): void {
    const kept = this.#moves[this.#moveCount];
    if (kept) kept.set(this.#map);
    else this.#moves.push(this.#map.slice());
    this.#moveCount++;
  }

  #reset(): void {
    setMap(this.#map, 1, 0, 0, 0, 1, 0);
    this.#isPending = false;
    this.#fill = undefined;
    this.#interpolation = undefined;
  }
}

const rowFor = ({ channels, height, width, element }: SampleForm): Row =>
  new (element === 'uint8' ? Uint8Array : Float32Array)(channels * height * width);

const agree = <T>(a: T | undefined, b: T | undefined): boolean => a === undefined || b === undefined || a === b;

function sameFill(a: Float64Array | undefined, b: Float64Array | undefined): boolean {
  if (a === undefined || b === undefined) return true;
  for (let channel = 0; channel < a.length; channel++) if (a[channel] !== b[channel]) return false;
  return true;
}
