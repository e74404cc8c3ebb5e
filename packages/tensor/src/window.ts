// Windows that slide over planes: their options, checked, and their numbers for a size of planes. For eager ops and for
// layers.
import { outputHeight, outputWidth, type SlidingWindow } from '@convoy/kernels';
import { nonNegativeInteger, positiveInteger } from './checks.ts';
import { describeValue } from './describe-value.ts';
import { ConvoyError } from './errors.ts';
import { formatShape, type Shape } from './shape.ts';

/** One number for both directions, or [vertical, horizontal]. */
export type Pair = number | readonly [number, number];

/**
 * Rows and columns of padding around a plane: a number for all sides, [vertical, horizontal], one number a side, 'valid' for none, or
 * 'same' for as much as makes the output ⌈input / stride⌉ (what is odd goes to the bottom and the right).
 */
export type Padding =
  | 'valid'
  | 'same'
  | Pair
  | { readonly top: number; readonly left: number; readonly bottom: number; readonly right: number };

/** A checked padding: 'same' depends on the input's size and is resolved when that is known. */
export type PaddingSetting = 'same' | Readonly<Record<'top' | 'left' | 'bottom' | 'right', number>>;

/** Checked options of a window. Pairs are [vertical, horizontal]. */
export interface WindowSettings {
  readonly kernel: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly dilation: readonly [number, number];
  readonly padding: PaddingSetting;
}

/** @throws ConvoyError CONVOY_INVALID_OPTION unless the value is one or two whole numbers of 1 or more. */
export function positivePair(name: string, value: Pair): readonly [number, number] {
  const [vertical, horizontal] = asPair(name, value);
  return [positiveInteger(name, vertical), positiveInteger(name, horizontal)];
}

/** @throws ConvoyError CONVOY_INVALID_OPTION unless the value is a padding. */
export function checkedPadding(padding: Padding): PaddingSetting {
  if (padding === 'same') return 'same';
  if (padding === 'valid') return { top: 0, left: 0, bottom: 0, right: 0 };
  if (typeof padding === 'object' && padding !== null && 'top' in padding) {
    const side = (name: 'top' | 'left' | 'bottom' | 'right') => nonNegativeInteger(`padding.${name}`, padding[name]);
    return { top: side('top'), left: side('left'), bottom: side('bottom'), right: side('right') };
  }
  if (typeof padding === 'string') {
    throw new ConvoyError('CONVOY_INVALID_OPTION', {
      given: `padding: ${describeValue(padding)}`,
      expected: "'valid', 'same', a number, [vertical, horizontal], or { top, left, bottom, right }",
      mend: "Write 'same' to keep the size of the plane, or the number of rows and columns to add on each side.",
    });
  }
  const [vertical, horizontal] = asPair('padding', padding as Pair).map((side) => nonNegativeInteger('padding', side));
  return {
    top: vertical as number,
    left: horizontal as number,
    bottom: vertical as number,
    right: horizontal as number,
  };
}

/**
 * The window over planes of shape [channels, height, width].
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH if the input has no planes or the window is larger than the padded plane.
 */
export function slidingWindow({ kernel, strides, dilation, padding }: WindowSettings, input: Shape): SlidingWindow {
  const [, height, width] = planes(input);
  const rows = sides(padding, 'top', 'bottom', height, kernel[0], strides[0], dilation[0]);
  const columns = sides(padding, 'left', 'right', width, kernel[1], strides[1], dilation[1]);
  const window = {
    height,
    width,
    kernelHeight: kernel[0],
    kernelWidth: kernel[1],
    strideY: strides[0],
    strideX: strides[1],
    padTop: rows[0],
    padBottom: rows[1],
    padLeft: columns[0],
    padRight: columns[1],
    dilationY: dilation[0],
    dilationX: dilation[1],
  };
  if (outputHeight(window) >= 1 && outputWidth(window) >= 1) return window;
  const spread = kernel.map((size, axis) => (size - 1) * (dilation[axis] as number) + 1);
  throw new ConvoyError('CONVOY_SHAPE_MISMATCH', {
    given: `a window of ${spread.join('×')} over an input of shape ${formatShape(input)}, ${height + rows[0] + rows[1]}×${width + columns[0] + columns[1]} with padding`,
    expected: 'a window that fits into the padded planes',
    mend: 'Take a smaller window or more padding, or shrink the planes less before this.',
  });
}

/**
 * [channels, height, width] of an input without the batch.
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH
 */
export function planes(input: Shape): readonly [number, number, number] {
  const [channels, height, width] = input;
  if (input.length === 3 && channels !== undefined && height !== undefined && width !== undefined) {
    return [channels, height, width];
  }
  throw new ConvoyError('CONVOY_SHAPE_MISMATCH', {
    given: `an input of shape ${formatShape(input)}`,
    expected: 'planes: [channels, height, width]',
    mend: 'Slide windows before planes are flattened, or reshape to planes.',
  });
}

function asPair(name: string, value: Pair): readonly [number, number] {
  if (!Array.isArray(value)) return [value as number, value as number];
  if (value.length === 2) return value as unknown as readonly [number, number];
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `${name}: ${describeValue(value)}`,
    expected: 'one number, or two: [vertical, horizontal]',
    mend: `Pass ${name} as such.`,
  });
}

function sides(
  padding: PaddingSetting,
  first: 'top' | 'left',
  last: 'bottom' | 'right',
  input: number,
  kernel: number,
  stride: number,
  dilation: number,
): readonly [number, number] {
  if (padding !== 'same') return [padding[first], padding[last]];
  const output = Math.ceil(input / stride);
  const total = Math.max(0, (output - 1) * stride + (kernel - 1) * dilation + 1 - input);
  return [Math.floor(total / 2), Math.ceil(total / 2)];
}
