// Poolings are refused exactly if one of their windows covers no cell of the input.
import { outputWidth } from '@convoy/kernels';
import { describe, expect, test } from 'vitest';
import { checkOptions } from '../../src/checks/index.ts';
import {
  avgPool2d,
  avgPool2dInputGradient,
  type ConvoyError,
  maxPool2d,
  maxPool2dInputGradient,
  zeros,
} from '../../src/index.ts';
import {
  averagePoolingChecks,
  averagePoolingSettings,
  averagePoolingShape,
  maximumPoolingChecks,
  maximumPoolingSettings,
  poolingShape,
} from '../../src/options/index.ts';
import { withCode } from './numbers.ts';

interface Geometry {
  readonly cells: number;
  readonly size: number;
  readonly stride: number;
  readonly dilation: number;
  /** Undefined: 'same'. */
  readonly padding: readonly [before: number, after: number] | undefined;
  readonly ceilMode: boolean;
}

const upTo = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, i) => first + i);

function* geometries(): Iterable<Geometry> {
  const paddings = [undefined, ...upTo(0, 4).flatMap((before) => upTo(0, 4).map((after) => [before, after] as const))];
  for (const cells of upTo(1, 4))
    for (const size of upTo(1, 3))
      for (const stride of upTo(1, 4))
        for (const dilation of upTo(1, 5))
          for (const padding of paddings)
            for (const ceilMode of [false, true]) yield { cells, size, stride, dilation, padding, ceilMode };
}

/** The number of cells that each window covers, by the definition of each option; empty if no window fits. */
function cellsOfWindows({ cells, size, stride, dilation, padding, ceilMode }: Geometry): readonly number[] {
  const span = (size - 1) * dilation + 1;
  const total = Math.max(0, (Math.ceil(cells / stride) - 1) * stride + span - cells);
  const [before, after] = padding ?? [Math.floor(total / 2), Math.ceil(total / 2)];
  const steps = (before + cells + after - span) / stride;
  let last = ceilMode && padding ? Math.ceil(steps) : Math.floor(steps);
  if (ceilMode && padding && last * stride >= before + cells) last = Math.floor(steps);
  return Array.from({ length: Math.max(0, last + 1) }, (_, o) => {
    const places = Array.from({ length: size }, (_, j) => o * stride - before + j * dilation);
    return places.filter((place) => place >= 0 && place < cells).length;
  });
}

const optionsOf = ({ size, stride, dilation, padding, ceilMode }: Geometry) => ({
  size: [1, size] as const,
  strides: [1, stride] as const,
  dilations: [1, dilation] as const,
  padding: padding ? { top: 0, bottom: 0, left: padding[0], right: padding[1] } : ('same' as const),
  ceilMode,
});

/** The number of outputs; an error's code if the geometry is refused. */
function outcomeOf(shapeOf: () => Parameters<typeof outputWidth>[0]): number | string {
  try {
    return outputWidth(shapeOf());
  } catch (error) {
    return (error as ConvoyError).code;
  }
}

test('all small geometries of maximum pooling, along both axes', () => {
  for (const geometry of geometries()) {
    const windows = cellsOfWindows(geometry);
    const isAccepted = windows.length > 0 && windows.every((cells) => cells > 0);
    const settings = maximumPoolingSettings(checkOptions('maxPool2d', optionsOf(geometry), maximumPoolingChecks));
    const outcome = outcomeOf(() => poolingShape(settings, [1, 1, geometry.cells]));
    expect(outcome, JSON.stringify(geometry)).toBe(isAccepted ? windows.length : 'CONVOY_SHAPE_MISMATCH');
    const { kernel, strides, dilations, padding, ...rest } = settings;
    const swap = <T>([a, b]: readonly [T, T]) => [b, a] as const;
    const turned = {
      ...{ ...rest, kernel: swap(kernel), strides: swap(strides), dilations: swap(dilations) },
      padding: padding === 'same' ? padding : { top: padding.left, bottom: padding.right, left: 0, right: 0 },
    };
    const isTurnedAccepted = typeof outcomeOf(() => poolingShape(turned, [1, geometry.cells, 1])) === 'number';
    expect(isTurnedAccepted).toBe(isAccepted);
  }
});

test('all small geometries of average pooling, where padding may count', () => {
  for (const geometry of geometries()) {
    if (geometry.dilation > 1) continue;
    const windows = cellsOfWindows(geometry);
    for (const countPadding of [false, true]) {
      const isAccepted = windows.length > 0 && (countPadding || windows.every((cells) => cells > 0));
      const { dilations: _, ...options } = optionsOf(geometry);
      const settings = averagePoolingSettings(
        checkOptions('avgPool2d', { ...options, countPadding }, averagePoolingChecks),
      );
      const outcome = outcomeOf(() => averagePoolingShape(settings, [1, 1, geometry.cells]));
      expect(outcome, JSON.stringify(geometry)).toBe(isAccepted ? windows.length : 'CONVOY_SHAPE_MISMATCH');
    }
  }
});

describe('ops and their gradients', () => {
  const x = zeros([1, 1, 2, 2]);
  const options = { size: 2, padding: 2 };
  const dy = zeros([1, 1, 3, 3]);

  test.each([
    ['maxPool2d', () => maxPool2d(x, options)],
    ['maxPool2dInputGradient', () => maxPool2dInputGradient(x, dy, options)],
    ['avgPool2d', () => avgPool2d(x, options)],
    ['avgPool2dInputGradient', () => avgPool2dInputGradient(x.shape, dy, options)],
    [
      'maxPool2d with gaps',
      () => maxPool2d(zeros([1, 1, 1, 3]), { size: [1, 2], strides: 1, padding: 'same', dilations: 4 }),
    ],
  ])('%s', (_, compute) => {
    expect(compute).toThrow(withCode('CONVOY_SHAPE_MISMATCH'));
    expect(compute).toThrow(/those of (row|column) \d of the output; expected windows that each cover a cell/);
  });

  test('a mean of zeros where padding counts', () => {
    expect(avgPool2d(x, { ...options, countPadding: true }).data).toEqual(new Float32Array(9));
  });
});
