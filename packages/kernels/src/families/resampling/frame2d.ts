// Frames around planes: zero padding and cropping. The gradient of each is the other.
import { load, splat } from '../../language/floats.ts';
import type { Index } from '../../language/index-expression.ts';
import { type KernelBuilder, kernel } from '../../language/kernel-builder.ts';
import { cells } from '../../language/operands.ts';
import type { Vector } from '../../language/value.ts';
import type { Frame2dShape } from '../../shapes.ts';
import { type Activation, derivativeOperand, identity } from '../activations/activation.ts';

/** y = f(x) inside the frame, f(0) in the frame. */
export function zeroPad2d(shape: Frame2dShape, activation: Activation = identity) {
  return kernel('zeroPad2d', { x: innerCells(shape), y: outerCells(shape) }, (k, { x, y }) => {
    const nothing = k.let('nothing', activation.forward(k, splat(0)));
    forEachFramed(
      k,
      shape,
      (inner, outer) => k.store(y(...outer), activation.forward(k, load(x(...inner)))),
      (outer) => k.store(y(...outer), nothing),
    );
  });
}

/** ∂E/∂x = ∂E/∂y inside the frame, times the derivative of the activation that made x. */
export function zeroPad2dInputGradient(shape: Frame2dShape, activation: Activation = identity) {
  const x = derivativeOperand(activation, innerCells(shape));
  const operands = { dy: outerCells(shape), x, dx: innerCells(shape) };
  return kernel('zeroPad2dInputGradient', operands, (k, { dy, x, dx }) => {
    forEachFramed(k, shape, (inner, outer) =>
      k.store(dx(...inner), x ? activation.backward(k, load(dy(...outer)), load(x(...inner))) : load(dy(...outer))),
    );
  });
}

/** y = f(x) for x inside the frame. */
export function crop2d(shape: Frame2dShape, activation: Activation = identity) {
  return kernel('crop2d', { x: outerCells(shape), y: innerCells(shape) }, (k, { x, y }) => {
    forEachFramed(k, shape, (inner, outer) => k.store(y(...inner), activation.forward(k, load(x(...outer)))));
  });
}

/** ∂E/∂x = ∂E/∂y inside the frame, times the derivative of the activation that made x; 0 in the frame. */
export function crop2dInputGradient(shape: Frame2dShape, activation: Activation = identity) {
  const x = derivativeOperand(activation, outerCells(shape));
  const operands = { dy: innerCells(shape), x, dx: outerCells(shape) };
  return kernel('crop2dInputGradient', operands, (k, { dy, x, dx }) => {
    forEachFramed(
      k,
      shape,
      (inner, outer) => {
        const gradient: Vector = load(dy(...inner));
        k.store(dx(...outer), x ? activation.backward(k, gradient, load(x(...outer))) : gradient);
      },
      (outer) => k.store(dx(...outer), splat(0)),
    );
  });
}

type Cell = readonly [channel: Index, row: Index, column: Index];

/**
 * Calls `inside` for the cells inside the frame, with their indices in the inner and the outer planes, and `frame` for
 * the cells of the frame.
 */
function forEachFramed(
  k: KernelBuilder,
  { channels, height, width, top, left, bottom, right }: Frame2dShape,
  inside: (inner: Cell, outer: Cell) => void,
  frame?: (outer: Cell) => void,
): void {
  const fullWidth = left + width + right;
  k.loop('channel', 0, channels, (channel) => {
    const strip = (row: Index, from: number, to: number) => {
      if (frame && from < to) k.loop('column', from, to, (column) => frame([channel, row, column]));
    };
    const rows = (from: number, to: number) => {
      if (frame && from < to) k.loop('row', from, to, (row) => strip(row, 0, fullWidth));
    };
    rows(0, top);
    k.loop('row', 0, height, (row) => {
      const outerRow = row.plus(top);
      strip(outerRow, 0, left);
      k.loop('column', 0, width, (column) => inside([channel, row, column], [channel, outerRow, column.plus(left)]));
      strip(outerRow, left + width, fullWidth);
    });
    rows(top + height, top + height + bottom);
  });
}

const innerCells = ({ channels, height, width }: Frame2dShape) => cells(channels, height, width);

const outerCells = ({ channels, height, width, top, left, bottom, right }: Frame2dShape) =>
  cells(channels, top + height + bottom, left + width + right);
