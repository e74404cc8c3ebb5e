// Convolution and its gradients, computed directly on blocks: no patches are copied, no weights are packed.
// A lane is a sample, so one weight serves all lanes and every stride, padding and dilation is address arithmetic.
import type { Index } from '../language/index-expression.ts';
import { cells, type KernelBuilder, kernel, scalars } from '../language/kernel-builder.ts';
import type { Kernel } from '../language/statement.ts';
import {
  add,
  type Buffer,
  load,
  loadScalar,
  multiply,
  scalarAdd,
  splat,
  sumLanes,
  type Vector,
} from '../language/value.ts';
import { type Conv2dShape, outputHeight, outputWidth } from '../shapes.ts';
import { type Activation, type ForwardOptions, identity } from './activation.ts';
import {
  type Axis,
  backwardPhases,
  backwardTaps,
  forEachTap,
  forwardTaps,
  inGroup,
  outputRange,
  type Phase,
} from './taps.ts';

/** Channels that are summed side by side: 4 × 2 registers hold the sums, and every cell that is loaded serves 4 channels. */
const CHANNEL_TILE = 4;

/**
 * y = f(bias + Σ w · x). Sums in the order bias, input channel, kernel row, kernel column.
 *
 * Arguments: x cells (inChannels, height, width), w OIHW, bias (if there is one), y cells (outChannels, outputHeight, outputWidth).
 */
export function conv2d(shape: Conv2dShape, { activation = identity, useBias = true }: ForwardOptions = {}): Kernel {
  const { rows, columns, groupInputs, groupOutputs } = geometry(shape);
  const parameters = { x: 'f32[]', w: 'f32[]', bias: useBias ? 'f32[]' : undefined, y: 'f32[]' } as const;
  return kernel('conv2d', parameters, (k, { x, w, bias, y }) => {
    const input = inputCells(shape, x);
    const weight = weights(shape, w);
    const biases = bias && scalars(bias, [shape.outChannels]);
    const output = outputCells(shape, y);
    const outputCell = (group: Index, first: Index, size: number, i: Index, j: Index) => {
      const channel = inGroup(group, groupOutputs, first);
      const vertical = forwardTaps(k, rows, i);
      const horizontal = forwardTaps(k, columns, j);
      const sums = Array.from({ length: size }, (_, o) =>
        k.variable('sum', splat(biases ? loadScalar(biases(channel.plus(o))) : 0)),
      );
      forEachTap(k, groupInputs, vertical, horizontal, (c, p, q) => {
        const place = input(inGroup(group, groupInputs, c), vertical.source(p), horizontal.source(q));
        const value = k.let('x', load(place));
        sums.forEach((sum, o) => {
          const factor = k.let(
            'w',
            splat(loadScalar(weight(channel.plus(o), c, vertical.kernel(p), horizontal.kernel(q)))),
          );
          sum.set(add(sum.value, multiply(factor, value)));
        });
      });
      sums.forEach((sum, o) => {
        k.store(output(channel.plus(o), i, j), activation.forward(k, sum.value));
      });
    };
    k.loop('group', 0, shape.groups, (group) =>
      k.tiles('channel', groupOutputs, CHANNEL_TILE, (first, size) =>
        k.loop('i', 0, rows.output, (i) => k.loop('j', 0, columns.output, (j) => outputCell(group, first, size, i, j))),
      ),
    );
  });
}

/**
 * ∂E/∂x = Σ w · ∂E/∂y over the windows that contain x, then through the activation that made x.
 * Sums in the order output channel, kernel row, kernel column (of each cell's phase).
 *
 * Arguments: dy cells as y, w OIHW, x cells (for the activation alone), dx cells as x.
 */
export function conv2dInputGradient(shape: Conv2dShape, activation: Activation = identity): Kernel {
  const { rows, columns, groupInputs, groupOutputs } = geometry(shape);
  const parameters = { dy: 'f32[]', w: 'f32[]', x: 'f32[]', dx: 'f32[]' } as const;
  return kernel('conv2dInputGradient', parameters, (k, { dy, w, x, dx }) => {
    const input = inputCells(shape, x);
    const weight = weights(shape, w);
    const outputGradient = outputCells(shape, dy);
    const inputGradient = inputCells(shape, dx);
    const inputCell = (group: Index, first: Index, size: number, at: PhaseCell) => {
      const channel = inGroup(group, groupInputs, first);
      const vertical = backwardTaps(k, rows, at.vertical, at.i);
      const horizontal = backwardTaps(k, columns, at.horizontal, at.j);
      const sums = Array.from({ length: size }, () => k.variable('sum', splat(0)));
      forEachTap(k, groupOutputs, vertical, horizontal, (o, p, q) => {
        const out = inGroup(group, groupOutputs, o);
        const value = k.let('dy', load(outputGradient(out, vertical.source(p), horizontal.source(q))));
        sums.forEach((sum, c) => {
          const factor = k.let(
            'w',
            splat(loadScalar(weight(out, first.plus(c), vertical.kernel(p), horizontal.kernel(q)))),
          );
          sum.set(add(sum.value, multiply(factor, value)));
        });
      });
      sums.forEach((sum, c) => {
        const row = at.i.times(rows.stride).plus(at.vertical.phase);
        const column = at.j.times(columns.stride).plus(at.horizontal.phase);
        const place = [channel.plus(c), row, column] as const;
        k.store(inputGradient(...place), activation.backward(k, sum.value, load(input(...place))));
      });
    };
    k.loop('group', 0, shape.groups, (group) =>
      k.tiles('channel', groupInputs, CHANNEL_TILE, (first, size) =>
        forEachPhaseCell(k, rows, columns, (at) => inputCell(group, first, size, at)),
      ),
    );
  });
}

/** Cell (i·stride + phase, j·stride + phase) of the input plane. */
interface PhaseCell {
  readonly vertical: Phase;
  readonly horizontal: Phase;
  readonly i: Index;
  readonly j: Index;
}

function forEachPhaseCell(k: KernelBuilder, rows: Axis, columns: Axis, body: (at: PhaseCell) => void): void {
  for (const vertical of backwardPhases(rows)) {
    k.loop('i', 0, vertical.cells, (i) => {
      for (const horizontal of backwardPhases(columns)) {
        k.loop('j', 0, horizontal.cells, (j) => body({ vertical, horizontal, i, j }));
      }
    });
  }
}

/** How the kernel gradient is tiled: how many weights are summed side by side, and when one half of the lanes gives way to the other. */
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

/**
 * ∂E/∂w = Σ x · ∂E/∂y over samples and pixels. Each lane sums its sample's products over rows and columns; `sumLanes` adds the lanes.
 *
 * Arguments: x cells, dy cells, dw OIHW (added to when `accumulate`, else overwritten).
 */
export function conv2dKernelGradient(shape: Conv2dShape, accumulate = false): Kernel {
  const { rows, columns, groupInputs, groupOutputs } = geometry(shape);
  const parameters = { x: 'f32[]', dy: 'f32[]', dw: 'f32[]' } as const;
  return kernel('conv2dKernelGradient', parameters, (k, { x, dy, dw }) => {
    const input = inputCells(shape, x);
    const outputGradient = outputCells(shape, dy);
    const weightGradient = weights(shape, dw);
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
          k.let('x', load(input(inGroup(group, groupInputs, inp.first.plus(c)), row, column))),
        );
        sums.forEach((rowOfSums, o) => {
          const gradient = k.let('dy', load(outputGradient(channel.plus(o), i, j)));
          rowOfSums.forEach((sum, c) => {
            sum.set(add(sum.value, multiply(gradient, values[c] as Vector)));
          });
        });
      };
      const plane = (visit: (i: Index, j: Index) => void) =>
        k.loop('i', vertical.from, vertical.to, (i) => k.loop('j', horizontal.from, horizontal.to, (j) => visit(i, j)));
      if (halves === 'each plane') k.halves(() => plane(pixel));
      else plane((i, j) => k.halves(() => pixel(i, j)));
      sums.forEach((rowOfSums, o) => {
        rowOfSums.forEach((sum, c) => {
          const place = weightGradient(channel.plus(o), inp.first.plus(c), p, q);
          const total = sumLanes(sum.value);
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

/** The two axes of a convolution, and the channels of one group. */
function geometry(shape: Conv2dShape) {
  const rows: Axis = {
    input: shape.height,
    kernel: shape.kernelHeight,
    output: outputHeight(shape),
    stride: shape.strideY,
    padding: shape.padTop,
    dilation: shape.dilationY,
  };
  const columns: Axis = {
    input: shape.width,
    kernel: shape.kernelWidth,
    output: outputWidth(shape),
    stride: shape.strideX,
    padding: shape.padLeft,
    dilation: shape.dilationX,
  };
  return {
    rows,
    columns,
    groupInputs: shape.inChannels / shape.groups,
    groupOutputs: shape.outChannels / shape.groups,
  };
}

const inputCells = (shape: Conv2dShape, buffer: Buffer) => cells(buffer, [shape.inChannels, shape.height, shape.width]);

const outputCells = (shape: Conv2dShape, buffer: Buffer) =>
  cells(buffer, [shape.outChannels, outputHeight(shape), outputWidth(shape)]);

const weights = (shape: Conv2dShape, buffer: Buffer) =>
  scalars(buffer, [shape.outChannels, shape.inChannels / shape.groups, shape.kernelHeight, shape.kernelWidth]);
