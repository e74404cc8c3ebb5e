// How Winograd's convolution divides planes: the terms of its problem, and the tiles of a dimension.
import { type Conv2dShape, outputHeight, outputWidth } from '../shapes.ts';
import { TILE, TILE_OUTPUTS } from './winograd-transforms.ts';

/** A convolution of planes with 3×3 weights, in the terms of its source and target, whichever way it goes. */
export interface Problem {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly source: Plane;
  readonly target: Plane;
  readonly padTop: number;
  readonly padLeft: number;
}

interface Plane {
  readonly height: number;
  readonly width: number;
}

export function forwardProblem(shape: Conv2dShape): Problem {
  const { inChannels, outChannels, height, width, padTop, padLeft } = shape;
  const target = { height: outputHeight(shape), width: outputWidth(shape) };
  return { inChannels, outChannels, source: { height, width }, target, padTop, padLeft };
}

export function backwardProblem(shape: Conv2dShape): Problem {
  const { inChannels, outChannels, source, target, padTop, padLeft } = forwardProblem(shape);
  return {
    inChannels: outChannels,
    outChannels: inChannels,
    source: target,
    target: source,
    padTop: 2 - padTop,
    padLeft: 2 - padLeft,
  };
}

/** Tiles side by side that meet the border in the same way. */
export interface Run {
  readonly first: number;
  readonly last: number;
  /** Which of their 4 rows, or columns, of inputs are inside of the plane. */
  readonly inside: readonly boolean[];
  /** How many of their 2 rows, or columns, of outputs are. */
  readonly outputs: number;
}

/** The tiles of one dimension, in runs. */
export function runsOf(outputs: number, inputs: number, padding: number): readonly Run[] {
  const runs: Run[] = [];
  for (let tile = 0; tile < tilesIn(outputs); tile++) {
    const start = tile * TILE_OUTPUTS;
    const inside = Array.from({ length: TILE }, (_, i) => start + i - padding >= 0 && start + i - padding < inputs);
    const run = { first: tile, last: tile + 1, inside, outputs: Math.min(TILE_OUTPUTS, outputs - start) };
    const before = runs.at(-1);
    if (before?.outputs === run.outputs && before.inside.every((is, i) => is === inside[i])) {
      runs.splice(-1, 1, { ...before, last: run.last });
    } else runs.push(run);
  }
  return runs;
}

export const tilesIn = (outputs: number): number => Math.ceil(outputs / TILE_OUTPUTS);
