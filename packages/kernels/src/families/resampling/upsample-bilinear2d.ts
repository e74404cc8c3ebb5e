// Upsampling by bilinear interpolation, and its gradient. Positions between cells are fractions of integers, so that no
// weight is inexact because of a rounded coordinate.
import { add, convert, divide, load, multiply, splat, subtract } from '../../language/floats.ts';
import { ceilDivide, Index, maximum, minimum } from '../../language/index-expression.ts';
import { type KernelBuilder, kernel } from '../../language/kernel-builder.ts';
import { cells } from '../../language/operands.ts';
import type { Vector } from '../../language/value.ts';
import type { UpsampleBilinear2dShape } from '../../shapes.ts';
import { type Activation, derivativeOperand, identity } from '../activations/activation.ts';

/** Channels that share the computation of the weights. */
const CHANNEL_TILE = 4;

/**
 * y = f((1 − v) · ((1 − h) · x₀₀ + h · x₀₁) + v · ((1 − h) · x₁₀ + h · x₁₁)), with the four cells around the position
 * of y in x. Outside the centers of the cells at the border, the values at the border continue.
 */
export function upsampleBilinear2d(shape: UpsampleBilinear2dShape, activation: Activation = identity) {
  const { rows, columns } = axes(shape);
  const operands = {
    x: cells(shape.channels, rows.input, columns.input),
    y: cells(shape.channels, rows.output, columns.output),
  };
  return kernel('upsampleBilinear2d', operands, (k, { x, y }) => {
    k.tiles('channel', shape.channels, CHANNEL_TILE, (first, size) =>
      k.loop('i', 0, rows.output, (i) => {
        const vertical = neighbors(k, rows, i);
        k.loop('j', 0, columns.output, (j) => {
          const horizontal = neighbors(k, columns, j);
          const alongRow = (channel: Index, row: Index) =>
            blend(load(x(channel, row, horizontal.low)), load(x(channel, row, horizontal.high)), horizontal);
          for (let c = 0; c < size; c++) {
            const channel = first.plus(c);
            const value = blend(alongRow(channel, vertical.low), alongRow(channel, vertical.high), vertical);
            k.store(y(channel, i, j), activation.forward(k, value));
          }
        });
      }),
    );
  });
}

/**
 * ∂E/∂x = Σ weight · ∂E/∂y over the outputs that depend on x, in row-major order, times the derivative of the
 * activation that made x.
 */
export function upsampleBilinear2dInputGradient(shape: UpsampleBilinear2dShape, activation: Activation = identity) {
  const { rows, columns } = axes(shape);
  const operands = {
    dy: cells(shape.channels, rows.output, columns.output),
    x: derivativeOperand(activation, cells(shape.channels, rows.input, columns.input)),
    dx: cells(shape.channels, rows.input, columns.input),
  };
  return kernel('upsampleBilinear2dInputGradient', operands, (k, { dy, x, dx }) => {
    k.tiles('channel', shape.channels, CHANNEL_TILE, (first, size) =>
      k.loop('row', 0, rows.input, (row) => {
        const vertical = outputsAround(k, rows, row);
        k.loop('column', 0, columns.input, (column) => {
          const horizontal = outputsAround(k, columns, column);
          const sums = Array.from({ length: size }, () => k.variable('sum', splat(0)));
          k.loop('i', vertical.from, vertical.to, (i) => {
            const rowWeight = k.let('v', share(k, rows, i, row));
            k.loop('j', horizontal.from, horizontal.to, (j) => {
              const weight = k.let('weight', multiply(rowWeight, share(k, columns, j, column)));
              sums.forEach((sum, c) => {
                sum.set(add(sum.value, multiply(weight, load(dy(first.plus(c), i, j)))));
              });
            });
          });
          sums.forEach((sum, c) => {
            const cell = [first.plus(c), row, column] as const;
            k.store(dx(...cell), x ? activation.backward(k, sum.value, load(x(...cell))) : sum.value);
          });
        });
      }),
    );
  });
}

/** The position of output cell i is (slope · i + offset) / unit, in cells of the input, clamped to 0 … input − 1. */
interface Axis {
  readonly input: number;
  readonly output: number;
  readonly slope: number;
  readonly offset: number;
  readonly unit: number;
}

function axes({ height, width, scaleY, scaleX, alignCorners }: UpsampleBilinear2dShape) {
  return { rows: axis(height, scaleY, alignCorners), columns: axis(width, scaleX, alignCorners) };
}

function axis(input: number, scale: number, alignCorners: boolean): Axis {
  const output = input * scale;
  // The centers of the first cells coincide, and those of the last cells, if there is more than one cell.
  if (alignCorners && input > 1) return { input, output, slope: input - 1, offset: 0, unit: output - 1 };
  // (i + ½) / scale − ½
  return { input, output, slope: 2, offset: 1 - scale, unit: 2 * scale };
}

/** The cells around the position of an output cell, and their weights. */
interface Neighbors {
  readonly low: Index;
  readonly high: Index;
  readonly lowWeight: Vector;
  readonly highWeight: Vector;
}

function neighbors(k: KernelBuilder, { input, slope, offset, unit }: Axis, i: Index): Neighbors {
  const place = i.times(slope).plus(offset);
  // ⌊a / b⌋ = ⌈(a − b + 1) / b⌉
  const low = k.bind('low', maximum(0, ceilDivide(place.minus(unit - 1), unit)));
  const high = k.bind('high', minimum(input - 1, low.plus(1)));
  const beyond = k.bind('beyond', maximum(0, place.minus(low.times(unit))));
  const highWeight = k.let('highWeight', divide(splat(convert(beyond)), unit));
  return { low, high, lowWeight: k.let('lowWeight', subtract(1, highWeight)), highWeight };
}

const blend = (low: Vector, high: Vector, { lowWeight, highWeight }: Neighbors): Vector =>
  add(multiply(lowWeight, low), multiply(highWeight, high));

/** The outputs from … to − 1 whose positions are less than one cell away from cell `p`. */
function outputsAround(k: KernelBuilder, { output, slope, offset, unit }: Axis, p: Index) {
  const place = p.times(unit).minus(offset);
  return {
    from: k.bind('from', maximum(0, ceilDivide(place.minus(unit - 1), slope))),
    to: k.bind('to', minimum(output, ceilDivide(place.plus(unit), slope))),
  };
}

/** The weight of cell `p` in output cell i: 1 − their distance in cells. */
function share(k: KernelBuilder, { input, slope, offset, unit }: Axis, i: Index, p: Index): Vector {
  const place = k.bind('place', minimum((input - 1) * unit, maximum(0, i.times(slope).plus(offset))));
  const past = place.minus(p.times(unit));
  const distance = k.bind('distance', maximum(past, past.times(-1)));
  return divide(splat(convert(new Index(unit).minus(distance))), unit);
}
