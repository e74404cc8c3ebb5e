// Mean squared error with its gradient.
import { type MeanSquaredErrorReduction, meanSquaredError as meanSquaredErrorKernel } from '@convoy/kernels';
import { checkOptions, choiceOf, optional } from '../checks/check-options.ts';
import { ConvoyError } from '../errors/errors.ts';
import { formatShape } from '../shape.ts';
import { Tensor } from '../tensor.ts';
import { call } from './call.ts';
import { engine } from './engine.ts';
import { type LossResult, meanWeights } from './loss-result.ts';
import { expectShape, shapeOf } from './operands.ts';
import { samples, shared } from './routine.ts';

/** Options of the mean squared error. */
export interface MeanSquaredErrorOptions {
  /** 'mean' (default): the mean of (t − y)² over the numbers of a sample. 'halfSum': ½ Σ (t − y)². */
  readonly reduction?: MeanSquaredErrorReduction;
}

/**
 * loss = 1/N Σ e[n], where e[n] is the squared error of sample n with the chosen reduction.
 * gradient = ∂loss/∂prediction = 2 (prediction − target) / (N · elements of a sample), or (prediction − target) / N for
 * 'halfSum'.
 *
 * @param prediction y, [N, …]
 * @param target t, with the shape of the prediction
 * @throws ConvoyError CONVOY_SHAPE_MISMATCH, CONVOY_INVALID_OPTION
 */
export function meanSquaredError(prediction: Tensor, target: Tensor, options?: MeanSquaredErrorOptions): LossResult {
  const { reduction } = checkOptions('meanSquaredError', options, {
    reduction: optional(choiceOf('mean', 'halfSum'), 'mean'),
  });
  expectShape('target', target, shapeOf('prediction', prediction), 'the shape of the prediction');
  const batch = samplesOf(prediction);
  const elements = prediction.size / batch;
  const data = { y: prediction.data, t: target.data, weights: meanWeights(batch) };
  const { gradient, loss } = engine.run(['meanSquaredError', elements, reduction], batch, data, () => ({
    inputs: { y: samples(elements), t: samples(elements), weights: samples(1) },
    outputs: { gradient: samples(elements), loss: shared(1) },
    calls: [
      call(meanSquaredErrorKernel({ elements, reduction }), {
        y: 'y',
        t: 't',
        weights: 'weights',
        dy: 'gradient',
        loss: 'loss',
      }),
    ],
  }));
  return { loss: loss[0] as number, gradient: new Tensor(gradient, prediction.shape) };
}

function samplesOf({ shape, size }: Tensor): number {
  const [batch] = shape;
  if (batch !== undefined && size > 0) return batch;
  throw new ConvoyError('CONVOY_SHAPE_MISMATCH', {
    given: `a prediction of shape ${formatShape(shape)}`,
    expected: 'at least one sample along the first dimension, and at least one number per sample',
    fix: 'Pass a shape [N, …], or [1] for a single number.',
  });
}
