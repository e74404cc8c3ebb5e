// Adam and AdamW.
import { add, divide, multiply, squareRoot, subtract } from '../../language/floats.ts';
import type { UpdateRule } from './update.ts';

type AdamNumber = 'meanRate' | 'squareDecay' | 'squareRate' | 'stepSize' | 'squareScale' | 'epsilon' | 'weightDecay';

/**
 * m ← m + meanRate · (g − m), v ← squareDecay · v + squareRate · g², w ← w − stepSize · m / (√v · squareScale +
 * epsilon).
 *
 * With β₁, β₂ and step t from 1: meanRate 1 − β₁, squareDecay β₂, squareRate 1 − β₂, stepSize learningRate / (1 − β₁ᵗ),
 * squareScale 1 / √(1 − β₂ᵗ). D. P. Kingma, J. Ba, "Adam: A Method for Stochastic Optimization", 2015.
 *
 * Weight decay comes first: g ← g + weightDecay · w, or, if it is decoupled, w ← w − weightDecay · w, where weightDecay
 * includes the learning rate. I. Loshchilov, F. Hutter, "Decoupled Weight Decay Regularization", 2019.
 */
export const adamRule = (decoupled: boolean): UpdateRule<'mean' | 'square', AdamNumber> => ({
  name: decoupled ? 'adamW' : 'adam',
  slots: { mean: 'zeros', square: 'zeros' },
  hyperparameters: ['meanRate', 'squareDecay', 'squareRate', 'stepSize', 'squareScale', 'epsilon', 'weightDecay'],
  ofLearningRate: decoupled ? ['stepSize', 'weightDecay'] : ['stepSize'],
  ofWeightDecay: ['weightDecay'],
  step(k, { w, g, slots }, { meanRate, squareDecay, squareRate, stepSize, squareScale, epsilon, weightDecay }) {
    const decay = k.let('decay', multiply(weightDecay, w));
    const gradient = decoupled ? g : k.let('gradient', add(g, decay));
    const mean = k.let('m', add(slots.mean, multiply(meanRate, subtract(gradient, slots.mean))));
    const squared = multiply(squareRate, multiply(gradient, gradient));
    const square = k.let('v', add(multiply(squareDecay, slots.square), squared));
    const spread = add(multiply(squareRoot(square), squareScale), epsilon);
    const start = decoupled ? subtract(w, decay) : w;
    return { w: subtract(start, multiply(stepSize, divide(mean, spread))), slots: { mean, square } };
  },
});
