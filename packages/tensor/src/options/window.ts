// Windows that slide over planes: their options, the checks, and their geometry for a given size of planes. For ops and
// layers.
import { outputHeight, outputWidth, type SlidingWindow } from '@convoy/kernels';
import { checkOptions, type OptionCheck } from '../checks/check-options.ts';
import { nonNegativeInteger, positiveInteger } from '../checks/checks.ts';
import { describeValue } from '../errors/describe-value.ts';
import { ConvoyError } from '../errors/errors.ts';
import { formatShape, type Shape } from '../shape.ts';

/**
 * The largest size, stride, dilation, padding, cropping or scale. With it, all sums and products of them and of the
 * extents of planes are exact, and the indices of kernels fit into 32 bits.
 */
const MAX_STEP = 2 ** 16;

/** One number for both directions, or [vertical, horizontal]. Each is at most 65536. */
export type Pair = number | readonly [number, number];

/**
 * Rows and columns of padding around a plane: one number for all sides, [vertical, horizontal], or one number per side.
 * Each is at most 65536. 'valid' means no padding. 'same' means the padding that makes the size of the output ⌈input /
 * stride⌉; if it is odd, the bottom and the right get one more.
 */
export type Padding = 'valid' | 'same' | Pair | Sides;

/** The numbers of rows above and below a plane, and of columns to its left and right; each is at most 65536. */
export interface Sides {
  readonly top: number;
  readonly left: number;
  readonly bottom: number;
  readonly right: number;
}

/** A checked padding. 'same' is resolved later, when the size of the input is known. */
export type PaddingSetting = 'same' | Sides;

/** The setting of 'valid'. */
export const NO_PADDING: Sides = Object.freeze({ top: 0, left: 0, bottom: 0, right: 0 });

/** Checked options of a window. Pairs are [vertical, horizontal]. */
export interface WindowSettings {
  readonly kernel: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
  readonly padding: PaddingSetting;
  /**
   * Whether a last window that fits only partly is kept, if it begins inside the input or in the padding before it.
   * Default false.
   */
  readonly ceilMode?: boolean;
}

/** A window with dilations. The overhang is the padding that is added for a last window that fits only partly. */
export interface DilatedWindow extends SlidingWindow {
  readonly dilationY: number;
  readonly dilationX: number;
  readonly overhangBottom: number;
  readonly overhangRight: number;
}

/** @throws ConvoyError CONVOY_INVALID_OPTION unless the value is one or two whole numbers from 1 to `MAX_STEP` */
export function positivePair(name: string, value: unknown): readonly [number, number] {
  const [vertical, horizontal] = asPair(name, value);
  return [positiveInteger(name, vertical, MAX_STEP), positiveInteger(name, horizontal, MAX_STEP)];
}

/** @throws ConvoyError CONVOY_INVALID_OPTION unless the value is one or two whole numbers from 0 to `MAX_STEP` */
export function nonNegativePair(name: string, value: unknown): readonly [number, number] {
  const [vertical, horizontal] = asPair(name, value);
  return [nonNegativeInteger(name, vertical, MAX_STEP), nonNegativeInteger(name, horizontal, MAX_STEP)];
}

/** @throws ConvoyError CONVOY_INVALID_OPTION unless the value is a padding */
export function checkPadding(name: string, padding: unknown): PaddingSetting {
  if (padding === 'same') return 'same';
  if (padding === 'valid') return NO_PADDING;
  if (typeof padding === 'string') {
    throw new ConvoyError('CONVOY_INVALID_OPTION', {
      given: `${name}: ${describeValue(padding)}`,
      expected: "'valid', 'same', a number, [vertical, horizontal], or { top, left, bottom, right }",
      fix: "Pass 'same' to keep the size of the plane, or the number of rows and columns to add on each side.",
    });
  }
  return checkSides(name, padding);
}

/**
 * @throws ConvoyError CONVOY_INVALID_OPTION unless the value is one number for all sides, [vertical, horizontal], or
 * one number per side
 */
export function checkSides(name: string, sides: unknown): Sides {
  if (typeof sides === 'object' && sides !== null && !Array.isArray(sides)) {
    const check: OptionCheck<number> = (side, value) => nonNegativeInteger(`${name}.${side}`, value, MAX_STEP);
    return checkOptions(name, sides as Sides, { top: check, left: check, bottom: check, right: check });
  }
  const [vertical, horizontal] = nonNegativePair(name, sides);
  return { top: vertical, left: horizontal, bottom: vertical, right: horizontal };
}

/**
 * The geometry of a window over planes.
 * @param input [channels, height, width]
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH if the input has other dimensions or the window is larger than the padded
 * plane
 */
export function slidingWindow(settings: WindowSettings, input: Shape): DilatedWindow {
  const { kernel, strides, dilations } = settings;
  const [, height, width] = planes(input);
  const rows = paddingAlong(settings, 0, height);
  const columns = paddingAlong(settings, 1, width);
  const window = {
    height,
    width,
    kernelHeight: kernel[0],
    kernelWidth: kernel[1],
    strideY: strides[0],
    strideX: strides[1],
    padTop: rows.before,
    padBottom: rows.after + rows.overhang,
    padLeft: columns.before,
    padRight: columns.after + columns.overhang,
    dilationY: dilations[0],
    dilationX: dilations[1],
    overhangBottom: rows.overhang,
    overhangRight: columns.overhang,
  };
  if (outputHeight(window) >= 1 && outputWidth(window) >= 1) return window;
  const spread = kernel.map((size, axis) => (size - 1) * (dilations[axis] as number) + 1);
  const padded = [rows.before + height + rows.after, columns.before + width + columns.after];
  throw new ConvoyError('CONVOY_SHAPE_MISMATCH', {
    given: `a window of ${spread.join('×')} over an input of shape ${formatShape(input)}, ${padded.join('×')} with padding`,
    expected: 'a window that fits into the padded planes',
    fix: 'Use a smaller window or more padding, or reduce the planes less in earlier layers.',
  });
}

/**
 * Checks that the shape of one sample is [channels, height, width].
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
    fix: 'Use this before flatten(), or reshape the input to planes.',
  });
}

function asPair(name: string, value: unknown): readonly [number, number] {
  if (!Array.isArray(value)) return [value as number, value as number];
  if (value.length === 2) return value as unknown as readonly [number, number];
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `${name}: ${describeValue(value)}`,
    expected: 'one number, or two: [vertical, horizontal]',
    fix: `Pass ${name} as one or two numbers.`,
  });
}

/** The padding before and after the input along an axis (0: rows, 1: columns), and the overhang of the last window. */
function paddingAlong({ kernel, strides, dilations, padding, ceilMode }: WindowSettings, axis: 0 | 1, input: number) {
  const stride = strides[axis];
  const span = (kernel[axis] - 1) * dilations[axis] + 1;
  if (padding === 'same') {
    const total = Math.max(0, (Math.ceil(input / stride) - 1) * stride + span - input);
    return { before: Math.floor(total / 2), after: Math.ceil(total / 2), overhang: 0 };
  }
  const [before, after] = axis === 0 ? [padding.top, padding.bottom] : [padding.left, padding.right];
  const lastStart = before + input + after - span;
  const nextStart = Math.ceil(lastStart / stride) * stride;
  return { before, after, overhang: ceilMode && nextStart < before + input ? nextStart - lastStart : 0 };
}
