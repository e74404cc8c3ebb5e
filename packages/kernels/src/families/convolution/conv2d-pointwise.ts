// 1×1 convolution of stride 1, and its input gradient: matrix products over channels. For each sum the direct algorithm
// goes from plane to plane, and planes whose distance is a power of two compete for a few sets of the cache. Here some
// pixels of all planes are first copied to memory that is close together. The bits are the same as those of `conv2d`.
import { add, load, loadScalar, multiply, splat } from '../../language/floats.ts';
import type { Index } from '../../language/index-expression.ts';
import { type KernelBuilder, kernel } from '../../language/kernel-builder.ts';
import { type Accessor, cells, scalars } from '../../language/operands.ts';
import { type Access, type BufferOperand, LANES, type Vector } from '../../language/value.ts';
import type { Conv2dShape } from '../../shapes.ts';
import { type Activation, derivativeOperand, type ForwardOptions, identity } from '../activations/activation.ts';
import { oddLines } from './cache-lines.ts';

/** Output channels that are summed side by side, as in `conv2d-sums.ts`. */
const CHANNEL_TILE = 4;
/** Input channels that one iteration adds. */
const UNROLLED_CHANNELS = 4;
/** Pixels that are copied at once, at most: 64 channels of them fill half of a first-level cache. */
const BAND = 12;

/** Whether the kernels of this file can compute a convolution. */
export const isPointwise = (shape: Conv2dShape): boolean =>
  shape.groups === 1 &&
  [shape.kernelHeight, shape.kernelWidth, shape.strideY, shape.strideX].every((size) => size === 1) &&
  [shape.padTop, shape.padLeft, shape.padBottom, shape.padRight].every((padding) => padding === 0);

/** Scratch memory of both kernels, in floats. */
export const pointwiseScratchFloats = ({ inChannels, outChannels }: Conv2dShape): number =>
  Math.max(inChannels, outChannels) * BAND_STRIDE;

/** Floats from the copied pixels of one channel to those of the next. */
const BAND_STRIDE = oddLines(BAND * LANES);

/** y = f(bias + Σ w · x), as `conv2d`, for a shape that `isPointwise`. */
export function conv2dPointwise(shape: Conv2dShape, { activation = identity, useBias = true }: ForwardOptions = {}) {
  const { inChannels, outChannels } = shape;
  const area = shape.height * shape.width;
  const operands = {
    x: cells(inChannels, area),
    w: scalars(outChannels, inChannels),
    bias: useBias ? scalars(outChannels) : undefined,
    scratch: scalars(pointwiseScratchFloats(shape)),
    y: cells(outChannels, area),
  };
  return kernel('conv2dPointwise', operands, (k, { x, w, bias, scratch, y }) => {
    storeProducts(
      k,
      { inChannels, outChannels, area },
      {
        source: x,
        scratch: scratch.buffer,
        target: y,
        weight: w,
        start: (out) => splat(bias ? loadScalar(bias(out)) : 0),
        finish: (sum) => activation.forward(k, sum),
      },
    );
  });
}

/**
 * ∂E/∂x = Σ w · ∂E/∂y, times the derivative of the activation that made x, as `conv2dInputGradient`, for a shape that
 * `isPointwise`.
 */
export function conv2dPointwiseInputGradient(shape: Conv2dShape, activation: Activation = identity) {
  const { inChannels, outChannels } = shape;
  const area = shape.height * shape.width;
  const operands = {
    dy: cells(outChannels, area),
    w: scalars(outChannels, inChannels),
    x: derivativeOperand(activation, cells(inChannels, area)),
    scratch: scalars(pointwiseScratchFloats(shape)),
    dx: cells(inChannels, area),
  };
  return kernel('conv2dPointwiseInputGradient', operands, (k, { dy, w, x, scratch, dx }) => {
    const problem = { inChannels: outChannels, outChannels: inChannels, area };
    storeProducts(k, problem, {
      source: dy,
      scratch: scratch.buffer,
      target: dx,
      weight: (out, inp) => w(inp, out),
      start: () => splat(0),
      finish: (sum, channel, pixel) => (x ? activation.backward(k, sum, load(x(channel, pixel))) : sum),
    });
  });
}

interface Problem {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly area: number;
}

/** What the two kernels differ in. */
interface Ends {
  readonly source: Accessor<[number, number]>;
  readonly scratch: BufferOperand;
  readonly target: Accessor<[number, number]>;
  weight(out: Index, inp: Index): Access;
  start(out: Index): Vector;
  finish(sum: Vector, out: Index, pixel: Index): Vector;
}

/** Copies some pixels of all input channels, then computes their sums for all output channels, 4 at a time. */
function storeProducts(k: KernelBuilder, { inChannels, outChannels, area }: Problem, ends: Ends): void {
  const copied = (inp: Index, pixel: Index): Access => ({
    buffer: ends.scratch,
    index: inp.times(BAND_STRIDE).plus(pixel.times(LANES)),
  });
  k.tiles('band', area, BAND, (start, length) => {
    k.loop('in', 0, inChannels, (inp) =>
      k.loop('pixel', 0, length, (pixel) => k.store(copied(inp, pixel), load(ends.source(inp, start.plus(pixel))))),
    );
    k.tiles('out', outChannels, CHANNEL_TILE, (first, size) => {
      k.loop('pixel', 0, length, (pixel) => {
        const sums = Array.from({ length: size }, (_, o) => k.variable('sum', ends.start(first.plus(o))));
        k.tiles('in', inChannels, UNROLLED_CHANNELS, (inFirst, inSize) => {
          for (let c = 0; c < inSize; c++) {
            const value = k.let('x', load(copied(inFirst.plus(c), pixel)));
            sums.forEach((sum, o) => {
              const factor = k.let('w', splat(loadScalar(ends.weight(first.plus(o), inFirst.plus(c)))));
              sum.set(add(sum.value, multiply(factor, value)));
            });
          }
        });
        sums.forEach((sum, o) => {
          const cell = [first.plus(o), start.plus(pixel)] as const;
          k.store(ends.target(...cell), ends.finish(sum.value, ...cell));
        });
      });
    });
  });
}
