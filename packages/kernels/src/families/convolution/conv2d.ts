// Convolution and its gradients, computed directly on blocks: no patches are copied, no weights are packed.
// A lane is a sample, so one weight serves all lanes and every stride, padding and dilation is address arithmetic.

import { add, load, loadScalar, multiply, scalarAdd, splat, sumLanes } from '../../language/floats.ts';
import type { Index } from '../../language/index-expression.ts';
import { kernel } from '../../language/kernel-builder.ts';
import { cellsIn, scalars } from '../../language/operands.ts';
import { LANES, type Vector } from '../../language/value.ts';
import type { Conv2dShape } from '../../shapes.ts';
import { type Activation, type ForwardOptions, identity } from '../activations/activation.ts';
import { geometry, inputCells, outputCells, storeInputSums, storeOutputSums, weights } from './conv2d-sums.ts';
import { inGroup, outputRange } from './taps.ts';

/**
 * y = f(bias + Σ w · x). Sums in the order bias, input channel, kernel row, kernel column.
 *
 * Arguments: x cells (inChannels, height, width), w OIHW, bias (if there is one), y cells (outChannels, outputHeight, outputWidth).
 */
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
 * ∂E/∂x = Σ w · ∂E/∂y over the windows that contain x, then through the activation that made x.
 * Sums in the order output channel, kernel row, kernel column (of each cell's phase).
 *
 * Arguments: dy cells as y, w OIHW, x cells (for the activation alone), dx cells as x.
 */
export function conv2dInputGradient(shape: Conv2dShape, activation: Activation = identity) {
  const operands = { dy: outputCells(shape), w: weights(shape), x: inputCells(shape), dx: inputCells(shape) };
  return kernel('conv2dInputGradient', operands, (k, { dy, w, x, dx }) => {
    storeInputSums(
      k,
      shape,
      { y: dy, w, x: dx },
      { start: () => splat(0), finish: (sum, cell) => activation.backward(k, sum, load(x(...cell))) },
    );
  });
}

/** How the weight gradient is tiled: how many weights are summed side by side, and when one half of the lanes gives way to the other. */
interface GradientTiling {
  readonly inputs: number;
  outputs(inputs: number): number;
  readonly halves: 'each pixel' | 'each plane';
}

/**
 * GFLOP/s on Zen 5, one block a call. Where back ends unroll (V8 14.6): 58 with 2 × 2 weights, two registers each, against 48 (4 × 1) and
 * 34 (3 × 2, which spills); with one input channel 56 (6 × 1) against 48 (4 × 1).
 */
const UNROLLED_TILING: GradientTiling = {
  inputs: 2,
  outputs: (inputs) => (inputs === 2 ? 2 : 6),
  halves: 'each pixel',
};

/** Elsewhere (V8 11.3) two halves in one loop spill: 21. One pass over the pixels for each half, 4 × 2 weights, one register each: 56. */
const LOOPED_TILING: GradientTiling = { inputs: 2, outputs: (inputs) => (inputs === 2 ? 4 : 6), halves: 'each plane' };

/** Sums of lanes wait in memory for the sum over their lanes: wide vectors are made only of what is stored as a whole. 4 × 2 is the largest tile. */
export const CONV2D_SCRATCH_FLOATS = 8 * LANES;

/**
 * ∂E/∂w = Σ x · ∂E/∂y over samples and pixels. Each lane sums its sample's products over rows and columns; `sumLanes` adds the lanes.
 *
 * Arguments: x cells, dy cells, scratch (`CONV2D_SCRATCH_FLOATS`), dw OIHW (added to when `accumulate`, else overwritten).
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
      const waiting = cellsIn(scratch.buffer, [out.size, inp.size]);
      sums.forEach((rowOfSums, o) => {
        rowOfSums.forEach((sum, c) => {
          k.store(waiting(o, c), sum.value);
        });
      });
      sums.forEach((rowOfSums, o) => {
        rowOfSums.forEach((_, c) => {
          const place = dw(channel.plus(o), inp.first.plus(c), p, q);
          const total = sumLanes(load(waiting(o, c)));
          k.storeScalar(place, accumulate ? scalarAdd(loadScalar(place), total) : total);
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
