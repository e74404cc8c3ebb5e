// Stochastic gradient descent.
import { add, multiply, subtract } from '../../language/floats.ts';
import type { UpdateShape } from './shard-sums.ts';
import { type UpdateRule, updateKernel } from './update.ts';

/**
 * g ← g + weightDecay · w, v ← momentum · v + g, w ← w − learningRate · v; with Nesterov momentum
 * w ← w − learningRate · (g + momentum · v). This is the convention of PyTorch with dampening 0.
 */
export const sgdRule = (nesterov: boolean): UpdateRule<'velocity', 'learningRate' | 'momentum' | 'weightDecay'> => ({
  name: 'sgd',
  slots: { velocity: 'zeros' },
  hyperparameters: ['learningRate', 'momentum', 'weightDecay'],
  ofLearningRate: ['learningRate'],
  ofWeightDecay: ['weightDecay'],
  step(k, { w, g, slots: { velocity } }, { learningRate, momentum, weightDecay }) {
    const decayed = k.let('decayed', add(g, multiply(weightDecay, w)));
    const v = k.let('v', add(multiply(momentum, velocity), decayed));
    const direction = nesterov ? add(decayed, multiply(momentum, v)) : v;
    return { w: subtract(w, multiply(learningRate, direction)), slots: { velocity: v } };
  },
});

/** The update kernel with `sgdRule`. */
export const sgd = ({ nesterov, ...shape }: UpdateShape & { readonly nesterov: boolean }) =>
  updateKernel(sgdRule(nesterov), shape);
