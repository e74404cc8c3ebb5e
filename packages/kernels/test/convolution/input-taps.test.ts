// Windows with large strides, dilations and paddings: their taps, and the convolutions that use them, against the formula.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { conv2d, conv2dInputGradient, conv2dWeightGradient } from '../../src/families/convolution/conv2d.ts';
import { conv2dTranspose } from '../../src/families/convolution/conv2d-transpose.ts';
import {
  forEachPhasedCell,
  forEachUnphasedCell,
  type InputCellVisitor,
  stridePhases,
} from '../../src/families/convolution/input-taps.ts';
import { type Axis, forEachTap, forwardTaps } from '../../src/families/convolution/taps.ts';
import { add, load, loadScalar, multiply, splat } from '../../src/language/floats.ts';
import { Index } from '../../src/language/index-expression.ts';
import { type KernelBuilder, kernel } from '../../src/language/kernel-builder.ts';
import { cells, scalars } from '../../src/language/operands.ts';
import * as reference from '../../src/reference/index.ts';
import { type Conv2dShape, outputHeight, outputWidth } from '../../src/shapes.ts';
import { expectClose, fromCells, run, SAMPLES, toCells, values } from '../harness.ts';

const LARGEST = 2 ** 16;

/** dx = Σ w · dy along one axis, with the taps that `visitCells` finds. */
const inputSums = (axis: Axis, visitCells: (k: KernelBuilder, visit: InputCellVisitor) => void) =>
  kernel(
    'inputSums',
    { dy: cells(axis.output), w: scalars(axis.kernel), dx: cells(axis.input) },
    (k, { dy, w, dx }) => {
      const single = forwardTaps(k, { ...axis, input: 1, kernel: 1, stride: 1, padding: 0, output: 1 }, new Index(0));
      visitCells(k, (cell, taps) => {
        const sum = k.variable('sum', splat(0));
        const along = taps();
        forEachTap(k, 1, along, single, (_, j) =>
          sum.set(add(sum.value, multiply(splat(loadScalar(w(along.kernel(j)))), load(dy(along.source(j)))))),
        );
        k.store(dx(cell), sum.value);
      });
    },
  );

const steps = fc.oneof(
  fc.integer({ min: 1, max: 12 }),
  fc.integer({ min: 13, max: 300 }),
  fc.constantFrom(32768, 65535, LARGEST),
);

test('the taps of input cells are those of the windows that contain them', () => {
  const axes = fc
    .record({
      input: fc.integer({ min: 1, max: 400 }),
      kernel: fc.integer({ min: 1, max: 60 }),
      stride: steps,
      dilation: steps,
    })
    .chain((axis) =>
      fc.record({ axis: fc.constant(axis), padding: fc.constantFrom(0, 1, 7, 500, 70_000, LARGEST * 59) }),
    )
    .map(({ axis, padding }) => {
      const span = (axis.kernel - 1) * axis.dilation + 1;
      const output = Math.floor((axis.input + 2 * padding - span) / axis.stride) + 1;
      return { ...axis, padding, output };
    })
    .filter(({ output }) => output >= 1 && output <= 2000);
  fc.assert(
    fc.property(axes, (axis) => {
      const dy = new Float32Array(8 * axis.output).map((_, i) => 1 + (Math.floor(i / 8) % 61));
      const w = new Float32Array(axis.kernel).map((_, i) => 1 + i);
      const expected = new Float32Array(axis.input);
      for (let o = 0; o < axis.output; o++) {
        for (let p = 0; p < axis.kernel; p++) {
          const cell = o * axis.stride - axis.padding + p * axis.dilation;
          if (cell >= 0 && cell < axis.input) expected[cell]! += dy[8 * o]! * w[p]!;
        }
      }
      const contents = { dy, w, dx: new Float32Array(8 * axis.input).fill(-1) };
      const phased = run(
        inputSums(axis, (k, visit) => forEachPhasedCell(k, axis, stridePhases(axis), visit)),
        contents,
      );
      const unphased = run(
        inputSums(axis, (k, visit) => forEachUnphasedCell(k, axis, visit)),
        contents,
      );
      for (const { dx } of [phased, unphased]) expect(dx.filter((_, i) => i % 8 === 0)).toEqual(expected);
    }),
    { numRuns: 150 },
  );
});

const plane: Conv2dShape = {
  ...{ inChannels: 2, outChannels: 3, groups: 1, height: 5, width: 4, kernelHeight: 2, kernelWidth: 2 },
  ...{ strideY: 1, strideX: 1, padTop: 0, padLeft: 0, padBottom: 0, padRight: 0, dilationY: 1, dilationX: 1 },
};

test.each<[what: string, shape: Conv2dShape]>([
  ['strides beyond the input', { ...plane, strideY: LARGEST, strideX: LARGEST - 1 }],
  [
    'a stride of more than 32 both ways',
    { ...plane, height: 90, width: 80, kernelHeight: 45, kernelWidth: 40, strideY: 45, strideX: 40 },
  ],
  ['few taps with large strides', { ...plane, height: 150, width: 170, strideY: 47, strideX: 51, dilationY: 3 }],
  [
    'dilations beyond the input',
    {
      ...plane,
      dilationY: LARGEST,
      padTop: LARGEST - 2,
      padBottom: LARGEST - 1,
      dilationX: 1000,
      padLeft: 998,
      padRight: 999,
      strideY: 60_001,
    },
  ],
  ['more padding than input', { ...plane, padTop: 300, padRight: 70, strideY: 3, strideX: 7 }],
])('convolutions with %s', (_, shape) => {
  const { inChannels, outChannels, height, width, kernelHeight, kernelWidth } = shape;
  const x = values(SAMPLES * inChannels * height * width, 1, 1);
  const w = values(outChannels * inChannels * kernelHeight * kernelWidth, 1, 2);
  const dy = values(SAMPLES * outChannels * outputHeight(shape) * outputWidth(shape), 1, 3);
  const [xs, ws, dys] = [toCells(x), new Float32Array(w), toCells(dy)];
  const { y } = run(conv2d(shape, { useBias: false }), { x: xs, w: ws, y: dys });
  expectClose(fromCells(y), reference.conv2d(shape, SAMPLES, x, w));
  const { dx } = run(conv2dInputGradient(shape), { dy: dys, w: ws, dx: xs });
  expectClose(fromCells(dx), reference.conv2dInputGradient(shape, SAMPLES, w, dy));
  const { dw } = run(conv2dWeightGradient(shape), { x: xs, dy: dys, scratch: new Float32Array(64), dw: ws });
  expectClose(dw, reference.conv2dWeightGradient(shape, SAMPLES, x, dy));
  const transposed = run(conv2dTranspose(shape, { useBias: false }), { x: dys, w: ws, y: xs }).y;
  expectClose(fromCells(transposed), reference.conv2dTranspose(shape, SAMPLES, dy, w));
});
