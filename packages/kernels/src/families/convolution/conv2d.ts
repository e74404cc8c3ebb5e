// Convolution and its gradients, computed directly on blocks: patches are not copied and weights are not packed.
// A lane is a sample, so one weight serves all lanes, and strides, paddings and dilations only change addresses.
import { add, load, loadScalar, multiply, splat } from '../../language/floats.ts';
import type { Index } from '../../language/index-expression.ts';
import { kernel } from '../../language/kernel-builder.ts';
import { cellsIn, scalars } from '../../language/operands.ts';
import { LANES, type Vector } from '../../language/value.ts';
import type { Conv2dShape } from '../../shapes.ts';
import { type Activation, derivativeOperand, type ForwardOptions, identity } from '../activations/activation.ts';
import { accumulateLanes } from '../math/accumulate.ts';
import { geometry, inputCells, outputCells, storeInputSums, storeOutputSums, weights } from './conv2d-sums.ts';
import { inGroup, outputRange } from './taps.ts';

/** y = f(bias + Σ w · x). The order of the sum is bias, input channel, kernel row, kernel column. */
export function conv2d(shape: Conv2dShape, { activation = identity, useBias = true }: ForwardOptions = {}) {
  const operands = {
    x: inputCells(shape),
    w: weights(shape),
    bias: useBias ? scalars(shape.outChannels) : undefined,
    y: outputCells(shape),
  };
  return kernel('conv2d', operands, (k, { x, w, bias, y }) => {
    storeOutputSums(
      k,
      shape,
      { x, w, y },
      {
        start: (channel) => splat(bias ? loadScalar(bias(channel)) : 0),
        finish: (sum) => activation.forward(k, sum),
      },
    );
  });
}

/**
 * ∂E/∂x = Σ w · ∂E/∂y over the windows that contain x, times the derivative of the activation that made x. The order of
 * the sum is output channel, kernel row, kernel column (those of the stride phase of the cell).
 */
export function conv2dInputGradient(shape: Conv2dShape, activation: Activation = identity) {
  const x = derivativeOperand(activation, inputCells(shape));
  const operands = { dy: outputCells(shape), w: weights(shape), x, dx: inputCells(shape) };
  return kernel('conv2dInputGradient', operands, (k, { dy, w, x, dx }) => {
    storeInputSums(
      k,
      shape,
      { y: dy, w, x: dx },
      { start: () => splat(0), finish: (sum, cell) => (x ? activation.backward(k, sum, load(x(...cell))) : sum) },
    );
  });
}

/**
 * The tiles of the weight gradient: how many weights are summed side by side, and how the two halves of the lanes
 * alternate.
 */
interface GradientTiling {
  readonly inputs: number;
  outputs(inputs: number): number;
  readonly halves: 'each pixel' | 'each plane';
}

/**
 * The tiles where back ends unroll. GFLOP/s on Zen 5 with V8 14.6, one block per call: 58 with 2 × 2 weights of two
 * registers each, 48 with 4 × 1, 34 with 3 × 2, which spills; with one input channel 56 with 6 × 1, 48 with 4 × 1.
 */
const UNROLLED_TILING: GradientTiling = {
  inputs: 2,
  outputs: (inputs) => (inputs === 2 ? 2 : 6),
  halves: 'each pixel',
};

/**
 * The tiles elsewhere (V8 11.3). Both halves in one loop spill: 21 GFLOP/s. A pass over the pixels for each half, with
 * 4 × 2 weights of one register each: 56.
 */
const LOOPED_TILING: GradientTiling = { inputs: 2, outputs: (inputs) => (inputs === 2 ? 4 : 6), halves: 'each plane' };

/**
 * The sums pass through memory before `sumLanes` adds their lanes, because V8 makes wide vectors only of values that
 * are stored whole. 4 × 2 is the largest tile.
 */
export const CONV2D_SCRATCH_FLOATS = 8 * LANES;

/**
 * ∂E/∂w = Σ x · ∂E/∂y over samples and pixels. Each lane sums the products of its sample over rows and columns;
 * `sumLanes` adds the lanes. With `accumulate`, the sum is added to dw.
 */
export function conv2dWeightGradient(shape: Conv2dShape, accumulate = false) {
  const { rows, columns, groupInputs, groupOutputs } = geometry(shape);
  const operands = {
    x: inputCells(shape),
    dy: outputCells(shape),
    scratch: scalars(CONV2D_SCRATCH_FLOATS),
    dw: weights(shape),
  };
  return kernel('conv2dWeightGradient', operands, (k, { x, dy, scratch, dw }) => {
    const tile = ({ halves }: GradientTiling, group: Index, out: Tile, inp: Tile, p: Index, q: Index) => {
      const channel = inGroup(group, groupOutputs, out.first);
      const vertical = outputRange(k, rows, p);
      const horizontal = outputRange(k, columns, q);
      const sums = Array.from({ length: out.size }, () =>
        Array.from({ length: inp.size }, () => k.variable('sum', splat(0))),
      );
      const pixel = (i: Index, j: Index) => {
        const row = i.times(rows.stride).minus(rows.padding).plus(p.times(rows.dilation));
        const column = j.times(columns.stride).minus(columns.padding).plus(q.times(columns.dilation));
        const values = Array.from({ length: inp.size }, (_, c) =>
          k.let('x', load(x(inGroup(group, groupInputs, inp.first.plus(c)), row, column))),
        );
        sums.forEach((rowOfSums, o) => {
          const gradient = k.let('dy', load(dy(channel.plus(o), i, j)));
          rowOfSums.forEach((sum, c) => {
            sum.set(add(sum.value, multiply(gradient, values[c] as Vector)));
          });
        });
      };
      const plane = (visit: (i: Index, j: Index) => void) =>
        k.loop('i', vertical.from, vertical.to, (i) => k.loop('j', horizontal.from, horizontal.to, (j) => visit(i, j)));
      if (halves === 'each plane') k.halves(() => plane(pixel));
      else plane((i, j) => k.halves(() => pixel(i, j)));
      const sumCells = cellsIn(scratch.buffer, [out.size, inp.size]);
      sums.forEach((rowOfSums, o) => {
        rowOfSums.forEach((sum, c) => {
          k.store(sumCells(o, c), sum.value);
        });
      });
      sums.forEach((rowOfSums, o) => {
        rowOfSums.forEach((_, c) => {
          const place = dw(channel.plus(o), inp.first.plus(c), p, q);
          accumulateLanes(k, place, load(sumCells(o, c)), accumulate);
        });
      });
    };
    const tiled = (tiling: GradientTiling) =>
      k.loop('group', 0, shape.groups, (group) =>
        k.tiles('in', groupInputs, tiling.inputs, (inFirst, inSize) =>
          k.tiles('out', groupOutputs, tiling.outputs(inSize), (outFirst, outSize) =>
            k.loop('p', 0, rows.kernel, (p) =>
              k.loop('q', 0, columns.kernel, (q) =>
                tile(tiling, group, { first: outFirst, size: outSize }, { first: inFirst, size: inSize }, p, q),
              ),
            ),
          ),
        ),
      );
    k.either(
      () => tiled(UNROLLED_TILING),
      () => tiled(LOOPED_TILING),
    );
  });
}

interface Tile {
  readonly first: Index;
  readonly size: number;
}
