// The logistic function and binary cross-entropy in one: the loss and its gradient in one kernel.
import { absolute, add, divide, lessThan, max, multiply, select, subtract } from '../../language/floats.ts';
import type { BinaryCrossEntropyShape } from '../../shapes.ts';
import { exponential, logarithmOfOnePlus } from '../math/elementary.ts';
import { elementwiseLoss } from './elementwise.ts';

/**
 * The `elementwiseLoss` of e = positiveWeight · t′ · softplus(−x) + (1 − t′) · softplus(x), with t′ as in
 * `BinaryCrossEntropyShape` and softplus(x) = ln(1 + e^x) = max(x, 0) + ln(1 + e^−|x|), which does not overflow.
 * ∂e/∂x = (1 − t′) · σ(x) − positiveWeight · t′ · σ(−x) with σ(|x|) = 1 / (1 + e^−|x|). The divisor is the number of
 * elements.
 */
export const sigmoidBinaryCrossEntropy = ({
  elements,
  labelSmoothing = 0,
  positiveWeight = 1,
}: BinaryCrossEntropyShape) =>
  elementwiseLoss('sigmoidBinaryCrossEntropy', elements, elements, (k, x, t) => {
    const smoothed = labelSmoothing === 0 ? t : add(multiply(t, 1 - labelSmoothing), labelSmoothing / 2);
    const yes = k.let('yes', smoothed);
    const no = k.let('no', subtract(1, yes));
    const weighted = positiveWeight === 1 ? yes : k.let('weighted', multiply(yes, positiveWeight));
    const power = k.let('power', exponential(k, subtract(0, absolute(x))));
    const near = k.let('near', logarithmOfOnePlus(k, power));
    const ofYes = multiply(weighted, add(near, max(subtract(0, x), 0)));
    const ofNo = multiply(no, add(near, max(x, 0)));
    // σ(|x|) and σ(−|x|), each without cancellation.
    const large = k.let('large', divide(1, add(1, power)));
    const small = k.let('small', multiply(power, large));
    const isNegative = lessThan(x, 0);
    const sigmoid = select(isNegative, small, large);
    const opposite = select(isNegative, large, small);
    return { loss: add(ofYes, ofNo), derivative: subtract(multiply(no, sigmoid), multiply(weighted, opposite)) };
  });
