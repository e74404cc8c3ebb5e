// The fully connected layer and its gradients: matrix products with one block, whose 8 samples are the lanes.
import { add, lane, load, loadScalar, multiply, splat } from '../../language/floats.ts';
import { equal, Index, less } from '../../language/index-expression.ts';
import { type KernelBuilder, kernel } from '../../language/kernel-builder.ts';
import { cells, scalars, scalarsIn } from '../../language/operands.ts';
import { type Access, LANES, type Vector } from '../../language/value.ts';
import type { DenseShape } from '../../shapes.ts';
import { type Activation, derivativeOperand, type ForwardOptions, identity } from '../activations/activation.ts';
import { accumulateScalar } from '../math/accumulate.ts';

/** Features that are summed side by side; 4 × 2 registers hold the sums. */
const FEATURE_TILE = 4;

/** Terms of a sum that one iteration adds where the back end unrolls. */
const STEPS = 4;

/** y = f(bias + Σ w · x). The order of the sum is bias, then input features. */
export function dense(shape: DenseShape, { activation = identity, useBias = true }: ForwardOptions = {}) {
  const { inFeatures, outFeatures } = shape;
  const operands = {
    x: cells(inFeatures),
    w: scalars(outFeatures, inFeatures),
    bias: useBias ? scalars(outFeatures) : undefined,
    y: cells(outFeatures),
  };
  return kernel('dense', operands, (k, { x, w, bias, y }) => {
    k.tiles('out', outFeatures, FEATURE_TILE, (first, size) => {
      const sums = Array.from({ length: size }, (_, o) =>
        k.variable('sum', splat(bias ? loadScalar(bias(first.plus(o))) : 0)),
      );
      forEachStep(k, inFeatures, (i) => {
        const value = k.let('x', load(x(i)));
        sums.forEach((sum, o) => {
          const factor = k.let('w', splat(loadScalar(w(first.plus(o), i))));
          sum.set(add(sum.value, multiply(factor, value)));
        });
      });
      sums.forEach((sum, o) => {
        k.store(y(first.plus(o)), activation.forward(k, sum.value));
      });
    });
  });
}

/** ∂E/∂x = Σ w · ∂E/∂y over the output features in order, times the derivative of the activation that made x. */
export function denseInputGradient(shape: DenseShape, activation: Activation = identity) {
  const { inFeatures, outFeatures } = shape;
  const operands = {
    dy: cells(outFeatures),
    w: scalars(outFeatures, inFeatures),
    x: derivativeOperand(activation, cells(inFeatures)),
    dx: cells(inFeatures),
  };
  return kernel('denseInputGradient', operands, (k, { dy, w, x, dx }) => {
    const tile = (panel: Panel, first: Index, size: number) => {
      const sums = Array.from({ length: size }, () => k.variable('sum', splat(0)));
      k.if(less(0, panel.first), () =>
        sums.forEach((sum, i) => {
          sum.set(load(dx(first.plus(i))));
        }),
      );
      forEachStep(k, panel.size, (step) => {
        const o = panel.first.plus(step);
        const value = k.let('dy', load(dy(o)));
        sums.forEach((sum, i) => {
          const factor = k.let('w', splat(loadScalar(w(o, first.plus(i)))));
          sum.set(add(sum.value, multiply(factor, value)));
        });
      });
      const store = (finish: (sum: Vector, feature: Index) => Vector) =>
        sums.forEach((sum, i) => {
          const feature = first.plus(i);
          k.store(dx(feature), finish(sum.value, feature));
        });
      k.if(
        equal(panel.first.plus(panel.size), outFeatures),
        () => store((sum, feature) => (x ? activation.backward(k, sum, load(x(feature))) : sum)),
        () => store((sum) => sum),
      );
    };
    k.tiles('panel', outFeatures, panelOutputs(shape), (panelFirst, panelSize) =>
      k.tiles('in', inFeatures, FEATURE_TILE, (first, size) =>
        tile({ first: panelFirst, size: panelSize }, first, size),
      ),
    );
  });
}

/** Output features whose part of the input gradients is added before the part of the next ones. */
interface Panel {
  readonly first: Index;
  readonly size: number;
}

/**
 * Output features in a panel. Rows of w that lie a multiple of 4096 bytes apart compete for one set of the first-level
 * cache, which holds 8 or 12 lines. Panels of 8 outputs keep a line in the cache until all of it has been used. GFLOP/s
 * on Zen 5, 4096 → 128: 49 with panels, 28 without.
 */
const panelOutputs = ({ inFeatures, outFeatures }: DenseShape): number =>
  (inFeatures * Float32Array.BYTES_PER_ELEMENT) % 4096 === 0 ? 8 : outFeatures;

/** Scratch memory of `denseWeightGradient`, in floats. */
export const denseScratchFloats = (shape: DenseShape): number => LANES * roundedInputs(shape);

const roundedInputs = ({ inFeatures }: DenseShape): number => Math.ceil(inFeatures / LANES) * LANES;

/**
 * ∂E/∂w = Σ ∂E/∂y · x over the samples in order. A lane is an input feature here, so that nothing is summed across
 * lanes: x is first transposed into the scratch memory. With `accumulate`, the sum is added to dw.
 */
export function denseWeightGradient(shape: DenseShape, accumulate = false) {
  const { inFeatures, outFeatures } = shape;
  const operands = {
    x: cells(inFeatures),
    dy: cells(outFeatures),
    scratch: scalars(LANES, roundedInputs(shape)),
    dw: scalars(outFeatures, inFeatures),
  };
  return kernel('denseWeightGradient', operands, (k, { x, dy, scratch, dw }) => {
    const gradients = scalarsIn(dy.buffer, [outFeatures, LANES]);
    k.loop('in', 0, inFeatures, (i) => {
      const value = k.let('x', load(x(i)));
      for (let n = 0; n < LANES; n++) k.storeScalar(scratch(n, i), lane(value, n));
    });
    const tile = (first: Index, size: number, i: Index, store: (place: Access, sum: Vector) => void) => {
      const sums = Array.from({ length: size }, () => k.variable('sum', splat(0)));
      k.unrolled('sample', 0, LANES, (n) => {
        const value = k.let('x', load(scratch(n, i)));
        sums.forEach((sum, o) => {
          const gradient = k.let('dy', splat(loadScalar(gradients(first.plus(o), n))));
          sum.set(add(sum.value, multiply(gradient, value)));
        });
      });
      sums.forEach((sum, o) => {
        store(dw(first.plus(o), i), sum.value);
      });
    };
    const rest = inFeatures % LANES;
    const storeAll = (place: Access, sum: Vector) => k.store(place, accumulate ? add(load(place), sum) : sum);
    const storeRest = ({ buffer, index }: Access, sum: Vector) => {
      for (let n = 0; n < rest; n++) {
        accumulateScalar(k, { buffer, index: index.plus(n) }, lane(sum, n), accumulate);
      }
    };
    k.tiles('out', outFeatures, FEATURE_TILE, (first, size) => {
      k.loop('in', 0, inFeatures - rest, (i) => tile(first, size, i, storeAll), LANES);
      if (rest > 0) tile(first, size, new Index(inFeatures - rest), storeRest);
    });
  });
}

/** for (i = 0; i < count; i++) step(i), with several steps per iteration. */
function forEachStep(k: KernelBuilder, count: number, step: (i: Index) => void): void {
  const rest = count % STEPS;
  k.loop('steps', 0, count - rest, (first) => k.unrolled('step', 0, STEPS, (i) => step(first.plus(i))), STEPS);
  k.loop('step', count - rest, count, step);
}
