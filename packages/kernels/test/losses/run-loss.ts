// Runs a loss kernel and returns the gradient and the loss.
import type { Kernel } from '../../src/language/kernel.ts';
import { EARLIER } from '../cases/losses.ts';
import { fromCells, run, SAMPLES, toCells } from '../harness.ts';

/** The operands of losses are x, targets and dx, or y, t and dy. */
export function runLoss(kernel: Kernel, output: Float64Array, targets: Float64Array, weights: Float64Array) {
  const [x, t, dx] = 'x' in kernel.operands ? ['x', 'targets', 'dx'] : ['y', 't', 'dy'];
  const results: Readonly<Record<string, Float32Array>> = run(kernel, {
    [x!]: toCells(output),
    [t!]: toCells(targets),
    weights: new Float32Array(weights),
    [dx!]: toCells(output).fill(NaN),
    loss: Float32Array.of(EARLIER),
  });
  const { loss } = results;
  return { gradient: fromCells(results[dx!]!), loss: loss![0]! };
}

export const ones = () => new Float64Array(SAMPLES).fill(1);
