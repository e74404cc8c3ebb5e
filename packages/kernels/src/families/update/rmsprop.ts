// RMSProp.
import { add, divide, multiply, squareRoot, subtract } from '../../language/floats.ts';
import type { UpdateRule } from './update.ts';

type RmspropNumber = 'learningRate' | 'squareDecay' | 'squareRate' | 'epsilon' | 'momentum' | 'weightDecay';

/**
 * g ← g + weightDecay · w, v ← squareDecay · v + squareRate · g², u ← momentum · u + g / (√v + epsilon), w ← w −
 * learningRate · u.
 *
 * squareDecay is ρ, squareRate 1 − ρ. T. Tieleman, G. Hinton, Lecture 6.5 of "Neural Networks for Machine Learning",
 * 2012.
 */
export const rmspropRule = (): UpdateRule<'square' | 'velocity', RmspropNumber> => ({
  name: 'rmsprop',
  slots: { square: 'zeros', velocity: 'zeros' },
  hyperparameters: ['learningRate', 'squareDecay', 'squareRate', 'epsilon', 'momentum', 'weightDecay'],
  ofLearningRate: ['learningRate'],
  ofWeightDecay: ['weightDecay'],
  step(k, { w, g, slots }, { learningRate, squareDecay, squareRate, epsilon, momentum, weightDecay }) {
    const gradient = k.let('gradient', add(g, multiply(weightDecay, w)));
    const squared = multiply(squareRate, multiply(gradient, gradient));
    const square = k.let('v', add(multiply(squareDecay, slots.square), squared));
    const scaled = divide(gradient, add(squareRoot(square), epsilon));
    const velocity = k.let('u', add(multiply(momentum, slots.velocity), scaled));
    return { w: subtract(w, multiply(learningRate, velocity)), slots: { square, velocity } };
  },
});
