// The options of 2-d transposed convolutions and their checks. A transposed convolution is the input gradient of a
// convolution, so its kernel shape is the shape of that convolution. For ops and layers.
import type { Conv2dShape } from '@convoy/kernels';
import { optional } from '../checks/check-options.ts';
import { ConvoyError } from '../errors/errors.ts';
import { formatShape, type Shape } from '../shape.ts';
import {
  type ConvolutionOptions,
  type ConvolutionSettings,
  checkGroups,
  convolutionChecks,
  convolutionShape,
} from './convolution.ts';
import { nonNegativePair, type PaddingSetting, type Pair, planes, type WindowSettings } from './window.ts';

/** Options of `conv2dTranspose` and its gradients. */
export interface TransposedConvolutionOptions extends ConvolutionOptions {
  /**
   * Rows and columns that are added at the bottom and the right of the output, fewer than the stride or the dilation.
   * Default 0. Must be 0 with padding: 'same', where the size of the output is input · stride.
   */
  readonly outputPadding?: Pair;
}

/** Checked options of a transposed convolution. */
export interface TransposedConvolutionSettings extends ConvolutionSettings {
  readonly outputPadding: readonly [number, number];
}

/** The checks of `TransposedConvolutionOptions`. */
export const transposedConvolutionChecks = { ...convolutionChecks, outputPadding: optional(nonNegativePair, [0, 0]) };

/**
 * The checked output padding.
 * @throws ConvoyError CONVOY_INVALID_OPTION unless it is less than the stride or the dilation
 */
export function checkOutputPadding<Settings extends TransposedConvolutionSettings>(settings: Settings): Settings {
  const { outputPadding, strides, dilations, padding } = settings;
  const isSame = padding === 'same';
  const max = strides.map((stride, axis) => (isSame ? 0 : Math.max(stride, dilations[axis] as number) - 1));
  if (outputPadding.every((cells, axis) => cells <= (max[axis] as number))) return settings;
  throw new ConvoyError('CONVOY_INVALID_OPTION', {
    given: `outputPadding: ${formatShape(outputPadding)}`,
    expected: isSame ? "0 with padding: 'same'" : `at most ${formatShape(max)}, less than the stride or the dilation`,
    fix: isSame
      ? 'Leave outputPadding out, or pass padding as numbers.'
      : 'Add zeroPad2d() after the layer to pad more.',
  });
}

/**
 * The shape of the convolution whose input gradient is this transposed convolution. The input of that convolution is
 * the output of the transposed convolution and has `filters` channels. Its number of rows is
 * (height − 1) · stride − top − bottom + dilation · (kernel − 1) + 1 + outputPadding, and likewise for columns.
 *
 * @param input the input of the transposed convolution, [channels, height, width]
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH if the groups do not divide the channels, or the padding leaves no output
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
    given: `padding that leaves an output of ${extents.join('×')} for an input of shape ${formatShape(input)}`,
    expected: 'padding that leaves at least one row and one column',
    fix: 'Use less padding, a larger kernel or larger strides.',
  });
}

/** The padding of the convolution. It is negative where no window reaches the last rows and columns of the output. */
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
