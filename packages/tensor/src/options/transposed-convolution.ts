// The options of 2-d transposed convolutions, checked, and the convolution whose input gradient they are. For eager ops and for layers.
import type { Conv2dShape } from '@convoy/kernels';
import { describeValue } from '../errors/describe-value.ts';
import { ConvoyError } from '../errors/errors.ts';
import { formatShape, type Shape } from '../shape.ts';
import {
  type ConvolutionOptions,
  type ConvolutionSettings,
  checkGroups,
  convolutionSettings,
  convolutionShape,
} from './convolution.ts';
import { nonNegativePair, type PaddingSetting, type Pair, planes, type WindowSettings } from './window.ts';

export interface TransposedConvolutionOptions extends ConvolutionOptions {
  /**
   * Rows and columns added at the bottom and the right of the output; less than the stride or the dilation. Default 0. Not with
   * padding: 'same', which makes the output input · stride.
   */
  readonly outputPadding?: Pair;
}

export interface TransposedConvolutionSettings extends ConvolutionSettings {
  readonly outputPadding: readonly [number, number];
}

/**
 * @param kernel [vertical, horizontal]
 * @throws ConvoyError CONVOY_INVALID_OPTION
 */
export function transposedConvolutionSettings(
  kernel: readonly [number, number],
  { outputPadding = 0, ...options }: TransposedConvolutionOptions,
): TransposedConvolutionSettings {
  const settings = convolutionSettings(kernel, options);
  const { strides, dilations, padding } = settings;
  const added = nonNegativePair('outputPadding', outputPadding);
  const isSame = padding === 'same';
  const most = strides.map((stride, axis) => (isSame ? 0 : Math.max(stride, dilations[axis] as number) - 1));
  if (added.every((cells, axis) => cells <= (most[axis] as number))) return { ...settings, outputPadding: added };
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `outputPadding: ${describeValue(outputPadding)}`,
    expected: isSame ? "0 with padding: 'same'" : `at most ${formatShape(most)}, less than the stride or the dilation`,
    fix: isSame ? 'Leave outputPadding out, or pass padding as numbers.' : 'Put zeroPad2d() behind to add more.',
  });
}

/**
 * The convolution of planes of the output's size, `filters` of them, whose output has the shape [channels, height, width] of the input here.
 * The output here is [inChannels, height, width] of that convolution: (height − 1) · stride − top − bottom + dilation · (kernel − 1) + 1 +
 * outputPadding rows, and columns likewise.
 *
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH if the groups do not divide the channels, or nothing is left of the output.
 */
export function transposedConvolutionShape(
  settings: TransposedConvolutionSettings,
  filters: number,
  input: Shape,
): Conv2dShape {
  checkGroups(settings.groups, filters, input);
  const [channels, ...cells] = planes(input);
  const padding = convolutionPadding(settings);
  const extents = cells.map((count, axis) => outputExtent({ ...settings, padding }, axis as 0 | 1, count));
  if (extents.every((extent) => extent >= 1))
    return convolutionShape({ ...settings, padding }, channels, [filters, ...extents]);
  throw new ConvoyError('CONVOY_SHAPE_MISMATCH', {
    given: `padding that leaves ${extents.join('×')} of the output for an input of shape ${formatShape(input)}`,
    expected: 'padding that leaves at least one row and one column',
    fix: 'Pad less, or take a larger kernel or larger strides.',
  });
}

/** The padding of the convolution. Rows and columns of the output that no window reaches are less than none. */
function convolutionPadding({
  padding,
  outputPadding: [rows, columns],
}: TransposedConvolutionSettings): PaddingSetting {
  if (padding === 'same') return 'same';
  return { ...padding, bottom: padding.bottom - rows, right: padding.right - columns };
}

function outputExtent({ kernel, strides, dilations, padding }: WindowSettings, axis: 0 | 1, count: number): number {
  if (padding === 'same') return count * strides[axis];
  const cut = axis === 0 ? padding.top + padding.bottom : padding.left + padding.right;
  return (count - 1) * strides[axis] + dilations[axis] * (kernel[axis] - 1) + 1 - cut;
}
